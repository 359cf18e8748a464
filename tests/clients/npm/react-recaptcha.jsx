import { createRef } from 'react';
import { createRoot } from 'react-dom/client';
import Recaptcha from 'react-recaptcha';

const captcha = createRef();
window.reset = () => captcha.current.reset();
createRoot(document.querySelector('#app')).render(
  <Recaptcha ref={captcha} sitekey="forum" render="explicit" verifyCallback={(token) => window.tokens.push(token)} />,
);
