import { Turnstile } from '@marsidev/react-turnstile';
import { createRef } from 'react';
import { createRoot } from 'react-dom/client';

const captcha = createRef();
window.reset = () => captcha.current.reset();
createRoot(document.querySelector('#app')).render(
  <Turnstile ref={captcha} siteKey="forum" injectScript={false} onSuccess={(token) => window.tokens.push(token)} />,
);
