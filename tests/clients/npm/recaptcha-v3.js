import { load } from 'recaptcha-v3';

load('forum', { customUrl: `${window.gateUrl}/recaptcha/api.js`, explicitRenderParameters: { badge: 'inline', size: 'invisible' } }).then(
  (recaptcha) => recaptcha.execute('reply').then((token) => window.tokens.push(token)),
);
