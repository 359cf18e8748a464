import { createRef } from 'react';
import { createRoot } from 'react-dom/client';
import Reaptcha from 'reaptcha';

const captcha = createRef();
window.reset = () => captcha.current.reset();
createRoot(document.querySelector('#app')).render(
  <Reaptcha ref={captcha} inject={false} sitekey="forum" onVerify={(token) => window.tokens.push(token)} />,
);
