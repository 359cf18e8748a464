import { createRoot } from 'react-dom/client';
import { Turnstile } from 'react-turnstile';

createRoot(document.querySelector('#app')).render(
  <Turnstile
    sitekey="forum"
    onLoad={(id, turnstile) => {
      window.reset = () => turnstile.reset();
    }}
    onVerify={(token) => window.tokens.push(token)}
  />,
);
