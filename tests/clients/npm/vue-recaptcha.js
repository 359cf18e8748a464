import { createApp, h, ref } from 'vue';
import { VueRecaptcha } from 'vue-recaptcha';

const captcha = ref(null);
window.reset = () => captcha.value.reset();
createApp({
  setup: () => () =>
    h(VueRecaptcha, {
      ref: captcha,
      sitekey: 'forum',
      loadRecaptchaScript: false,
      onVerify: (token) => window.tokens.push(token),
    }),
}).mount('#app');
