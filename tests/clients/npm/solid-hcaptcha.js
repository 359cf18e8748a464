import HCaptcha from 'solid-hcaptcha';
import { createComponent, render } from 'solid-js/web';

let captcha;
window.execute = () => captcha.execute().then(({ response, key }) => [response, key]);
window.reset = () => captcha.resetCaptcha();
render(
  () =>
    createComponent(HCaptcha, {
      sitekey: 'forum',
      apihost: window.gateUrl,
      sentry: false,
      onLoad: (functions) => {
        captcha = functions;
      },
      onVerify: (token) => window.tokens.push(token),
    }),
  document.querySelector('#app'),
);
