import { hCaptchaLoader } from '@hcaptcha/loader';

hCaptchaLoader({ apihost: window.gateUrl, sentry: false, render: 'explicit' }).then(() => {
  const callback = (token) => window.tokens.push(token);
  const id = window.hcaptcha.render(document.querySelector('#app'), { sitekey: 'forum', callback });
  window.execute = () => window.hcaptcha.execute(id, { async: true }).then(({ response, key }) => [response, key]);
  window.reset = () => window.hcaptcha.reset(id);
});
