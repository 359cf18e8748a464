import VueHcaptcha from '@hcaptcha/vue3-hcaptcha';
import { createApp, h, ref } from 'vue';

const captcha = ref(null);
window.reset = () => captcha.value.reset();
createApp({
  setup: () => () =>
    h(VueHcaptcha, {
      ref: captcha,
      sitekey: 'forum',
      apiEndpoint: `${window.gateUrl}/1/api.js`,
      sentry: false,
      onVerify: (token) => window.tokens.push(token),
    }),
}).mount('#app');
