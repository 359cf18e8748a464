import '@hcaptcha/vanilla-hcaptcha';

const captcha = document.createElement('h-captcha');
captcha.setAttribute('jsapi', `${window.gateUrl}/1/api.js`);
captcha.setAttribute('sitekey', 'forum');
captcha.setAttribute('sentry', 'false');
captcha.addEventListener('verified', ({ token }) => window.tokens.push(token));
window.execute = () => captcha.executeAsync().then(({ response, key }) => [response, key]);
window.reset = () => captcha.reset();
document.querySelector('#app').append(captcha);
