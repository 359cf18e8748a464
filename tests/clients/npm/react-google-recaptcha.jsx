import { createRef } from 'react';
import { createRoot } from 'react-dom/client';
import { ReCAPTCHA } from 'react-google-recaptcha';

const captcha = createRef();
window.reset = () => captcha.current.reset();
window.begin = () =>
  createRoot(document.querySelector('#app')).render(
    <ReCAPTCHA ref={captcha} grecaptcha={window.grecaptcha} sitekey="forum" onChange={(token) => token && window.tokens.push(token)} />,
  );
