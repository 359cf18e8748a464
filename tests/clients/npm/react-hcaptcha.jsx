import HCaptcha from '@hcaptcha/react-hcaptcha';
import { createRef } from 'react';
import { createRoot } from 'react-dom/client';

const captcha = createRef();
window.execute = () => captcha.current.execute({ async: true }).then(({ response, key }) => [response, key]);
window.reset = () => captcha.current.resetCaptcha();
createRoot(document.querySelector('#app')).render(
  <HCaptcha ref={captcha} sitekey="forum" apihost={window.gateUrl} sentry={false} onVerify={(token) => window.tokens.push(token)} />,
);
