import HCaptcha from 'svelte-hcaptcha';

const captcha = new HCaptcha({
  target: document.querySelector('#app'),
  props: { sitekey: 'forum', apihost: `${window.gateUrl}/1/api.js` },
});
captcha.$on('success', ({ detail }) => window.tokens.push(detail.token));
window.execute = () => captcha.execute({ async: true }).then(({ response, key }) => [response, key]);
window.reset = () => captcha.reset();
