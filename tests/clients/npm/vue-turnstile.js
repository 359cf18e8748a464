import { createApp, h, ref } from 'vue';
import VueTurnstile from 'vue-turnstile';

const captcha = ref(null);
window.reset = () => captcha.value.reset();
createApp({
  setup: () => () =>
    h(VueTurnstile, {
      ref: captcha,
      siteKey: 'forum',
      modelValue: '',
      'onUpdate:modelValue': (token) => token && window.tokens.push(token),
    }),
}).mount('#app');
