import { createApp, h, ref } from 'vue';
import VueRecaptcha from 'vue3-recaptcha2';

const captcha = ref(null);
window.reset = () => captcha.value.reset();
createApp({
  setup: () => () => h(VueRecaptcha, { ref: captcha, sitekey: 'forum', onVerify: (token) => window.tokens.push(token) }),
}).mount('#app');
