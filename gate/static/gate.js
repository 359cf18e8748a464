/* gate's question on any page, plain JavaScript. One file for /gate.js and for the scripts that it can stand in for:
   the address it is loaded from says which one it is to be. */
(() => {
  const SERVED = {}; // The server writes this line: the English words, and the test keys where they are on.

  /* Each flavour's script, the class of the elements that it fills by itself, and the field that it sends. */
  const FLAVOURS = {
    gate: ['/gate.js', 'gate-widget', 'gate-response'],
    grecaptcha: ['/recaptcha/api.js', 'g-recaptcha', 'g-recaptcha-response'],
    hcaptcha: ['/1/api.js', 'h-captcha', 'h-captcha-response'],
    turnstile: ['/turnstile/v0/api.js', 'cf-turnstile', 'cf-turnstile-response'],
  };
  /* After these the question can no longer be answered. */
  const OVER = ['incorrect-answer', 'challenge-expired', 'challenge-used', 'invalid-input-challenge'];
  const LANG = /^[a-z]{1,8}([-_][a-z0-9]{1,8}){0,3}$/i;
  const LIMITED = 'rate-limited';
  const DOWN = 'internal-error';

  const flavourOf = (src) => Object.keys(FLAVOURS).find((name) => src && new URL(src).pathname.endsWith(FLAVOURS[name][0]));
  const script = [document.currentScript, ...[...document.scripts].reverse()].find((tag) => tag && flavourOf(tag.src));
  if (!script) return;

  /* Shared by all copies of this script on a page: one core for each flavour, and the widget of each element. */
  const name = Symbol.for('gate');
  const shared = (window[name] ||= { cores: {}, widgets: new WeakMap(), made: 0 });

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    Object.keys(attributes).forEach((key) => element.setAttribute(key, attributes[key]));
    element.append(...children);
    return element;
  };

  const elementOf = (where) => {
    try {
      return typeof where === 'string' ? document.getElementById(where) || document.querySelector(where) : where;
    } catch {
      return null;
    }
  };

  /* Ask the server; always gives an object, with an error's `code`. A form body needs no preflight. */
  const request = async (url, body) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), 10000);
    try {
      const response = await fetch(url, { method: body ? 'POST' : 'GET', body, credentials: 'omit', signal: abort.signal });
      const reply = Object(await response.json());
      return Object.assign(reply, { code: (reply['error-codes'] || [DOWN])[0], wait: response.headers.get('Retry-After') });
    } catch {
      return { code: 'network-error' };
    } finally {
      clearTimeout(timer);
    }
  };

  /* Call `action` once the document is parsed and its deferred scripts have run. */
  const whenParsed = (action) => {
    const [visit] = performance.getEntriesByType('navigation');
    const early = document.readyState === 'interactive' && visit && !visit.domContentLoadedEventStart;
    if (early || document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => action());
    else setTimeout(() => action());
  };

  class Widget {
    constructor(core, place, params) {
      const number = shared.made++;
      // `turn` tells the latest request from earlier ones.
      Object.assign(this, { core, place, params, waiting: [], turn: 0 });
      this.id = { gate: `gate-${number}`, hcaptcha: `hcaptcha-${number}`, turnstile: `cf-chl-widget-${number}` }[core.flavour] || core.made++;
      this.isButton = /^(BUTTON|INPUT)$/.test(place.tagName);
      this.onlyWhenExecuted = this.isButton || this.option('size') === 'invisible' || this.option('execution') === 'execute';
      this.build(`gate-${number}`);
      this.ask();
    }

    /* A parameter of render(), or else an attribute of the element. */
    option(...names) {
      return names
        .map((key) => (key in this.params ? this.params[key] : this.place.getAttribute(`data-${key}`)))
        .find((value) => (value ?? '') !== '');
    }

    /* Call a function of the page's when all is done here, so that its faults stay its own. */
    call(key, value) {
      const given = this.option(key);
      const action = typeof given === 'function' ? given : window[given];
      if (typeof action === 'function') Promise.resolve(value).then(action);
    }

    build(id) {
      const button = (key, action) => {
        const element = make('button', { type: 'button', class: `gate-${key}` });
        element.addEventListener('click', () => {
          // Not every browser does.
          element.focus();
          action();
        });
        return element;
      };
      const link = () => make('a', { target: '_blank', rel: 'noopener noreferrer' });
      const line = (key, ...children) => make('p', { class: `gate-${key}` }, ...children);
      this.words = {
        title: make('p', { class: 'gate-title', id: `${id}-title` }),
        why: line('why'),
        testing: line('test'),
        check: button('check', () => this.check()),
        another: button('another', () => this.skip()),
        see: link(),
        contact: link(),
        retry: button('retry', () => this.ask()),
      };
      const { title, why, testing, check, another, see, contact, retry } = this.words;
      this.label = make('label', { class: 'gate-question', for: `${id}-answer` });
      this.hint = make('p', { class: 'gate-hint', id: `${id}-hint` });
      this.box = make('input', {
        class: 'gate-answer',
        id: `${id}-answer`,
        dir: 'auto',
        autocomplete: 'off',
        autocapitalize: 'none',
        autocorrect: 'off',
        spellcheck: 'false',
        enterkeyhint: 'go',
        'data-1p-ignore': '',
        'data-lpignore': 'true',
        'data-bwignore': '',
        'data-form-type': 'other',
        'aria-describedby': `${id}-hint`,
      });
      this.box.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
        // The form's own button sends it, never half-way from here.
        event.preventDefault();
        if (!event.repeat) this.check();
      });
      const buttons = make('div', { class: 'gate-buttons' }, check, another);
      this.parts = make('div', {}, this.label, this.hint, this.box, buttons);
      this.status = make('p', { class: 'gate-status', role: 'status', 'aria-atomic': 'true' });
      this.group = make('div', { class: 'gate gate-box', role: 'group', 'aria-labelledby': title.id });
      this.group.append(title, why, testing, this.parts, this.status, retry, line('link', see), line('link', contact));
      testing.hidden = !SERVED.testKeys.includes(this.option('sitekey'));
      [this.parts, retry, see.parentNode, contact.parentNode].forEach((part) => {
        part.hidden = true;
      });
      this.fields = this.core.fields(this);
      this.slot = this.place;
      if (this.isButton) {
        this.place.before((this.slot = make('div', {})));
        // Once removed it has nothing to say any more.
        this.place.addEventListener('click', (event) => {
          if (!this.slot.isConnected || (this.token && !this.option('callback'))) return;
          event.preventDefault();
          this.execute();
        });
      }
      // A copy of a page or a form brings a copy of what stood here: it does nothing, and its token is spent.
      this.slot.querySelectorAll('.gate-box, .gate-box ~ [hidden]').forEach((element) => element.remove());
      this.slot.append(this.group, ...this.fields);
      this.write(SERVED.words);
      this.core.dress(this.group.getRootNode());
    }

    /* Put the gate's own words into the language of the question. */
    write(said) {
      this.said = said;
      this.group.lang = said.lang;
      this.group.dir = said.dir;
      Object.keys(this.words).forEach((key) => {
        this.words[key].textContent = said[key];
      });
    }

    /* Say one of the words; `asked` is a question that came where the focus does not move, and would not be heard. */
    say(word, { question = '', wait, asked } = {}) {
      const minutes = this.said.minutes[Math.min(Math.ceil(wait / 60) || 1, this.said.minutes.length) - 1];
      const text = (this.said[word] || '').replace('{question}', () => `\u2068${question}\u2069`).replace('{wait}', minutes);
      this.status.textContent = (word === 'right' ? '✓ ' : '') + text;
      if (asked) this.status.append(make('span', { class: 'gate-spoken', lang: asked.lang, dir: asked.dir }, ` ${asked.question}`));
    }

    focused() {
      const active = this.group.getRootNode().activeElement;
      return this.group.contains(active) && active;
    }

    /* Fetch a question; `word` says why. What was typed anywhere else stays as it is. */
    async ask(word, insteadOf) {
      const turn = ++this.turn;
      this.loading = true;
      const query = new URLSearchParams();
      const lang = this.option('lang', 'hl', 'language') || this.core.query.get('hl');
      const wanted = {
        sitekey: this.option('sitekey'),
        action: this.option('action'),
        about: String(this.option('about') ?? ''),
        // What pages put here is not always a language; then the browser's own is asked for.
        lang: lang !== 'auto' && LANG.test(lang) && lang,
        instead_of: insteadOf,
      };
      Object.keys(wanted).forEach((key) => wanted[key] && query.set(key, wanted[key]));
      const reply = await request(`${this.core.base}/v1/challenge?${query}`);
      if (turn !== this.turn) return;
      if (reply.challenge) await this.show(reply, insteadOf && this.asked.question === reply.question ? 'no_other' : word);
      else if (insteadOf && OVER.includes(reply.code)) await this.ask(word);
      else this.fail(reply, insteadOf);
    }

    async show(asked, word) {
      const { turn } = this;
      const said = await this.core.wordsIn(asked.lang);
      if (turn !== this.turn) return;
      const focused = this.focused();
      const { question } = this.asked || {};
      if (question !== asked.question || word === OVER[0]) this.box.value = '';
      this.asked = asked;
      this.write(said);
      // Chromium looks at the first ten nodes of a label for words like "city", and would fill in one.
      this.label.replaceChildren(...Array.from(Array(10), () => new Comment()), asked.question);
      this.hint.textContent = asked.hint;
      [this.label, this.hint].forEach((part) => Object.assign(part, { lang: asked.lang, dir: asked.dir }));
      this.box.lang = asked.lang;
      this.hint.hidden = !asked.hint;
      ['see', 'contact'].forEach((key) => {
        this.words[key].href = asked[key] || '';
        this.words[key].parentNode.hidden = !asked[key];
      });
      this.parts.hidden = this.busy = this.loading = false;
      this.open(true);
      if (focused || this.executed) this.box.focus();
      this.words.retry.hidden = true;
      this.say(word, { question, asked: word && focused === this.box && asked });
      this.until(asked.expires_in);
    }

    /* No question or no verdict came: keep the question that stands, or else say so and offer another try. */
    fail({ code, message, wait }, standing) {
      // For whoever set the page up.
      if (message) console.error(`gate: ${message}`);
      this.busy = this.loading = false;
      this.say(code === LIMITED ? LIMITED : standing ? DOWN : 'not_loaded', { wait });
      if (standing) return;
      const focused = this.focused();
      const { retry } = this.words;
      this.asked = null;
      retry.hidden = false;
      if (focused) retry.focus();
      this.parts.hidden = true;
      const number = code === 'invalid-sitekey' ? '110100' : '300030';
      this.call('error-callback', this.core.flavour === 'turnstile' ? number : code);
    }

    /* Judge what is in the box, once at a time; gives whether there is a token then. */
    async check() {
      if (this.asked && !this.token && !this.busy) {
        if (this.box.value.trim()) {
          this.busy = true;
          this.say('checking');
          this.judging = this.judge();
        } else {
          this.say('missing-input-answer');
          this.box.focus();
        }
      }
      await this.judging;
      return !!this.token;
    }

    async judge() {
      const { turn } = this;
      const body = new URLSearchParams({ challenge: this.asked.challenge, answer: this.box.value, cdata: this.option('cdata', 'cData') || '' });
      const reply = await request(`${this.core.base}/v1/answer`, body);
      if (turn !== this.turn) return;
      const { code, next } = reply;
      if (reply.token) this.pass(reply);
      else if (next) await this.show(next, code);
      else if (OVER.includes(code)) await this.ask(code);
      else if (this.said[code]) {
        this.busy = false;
        this.say(code, reply);
      } else this.fail(reply, true);
    }

    pass(reply) {
      this.token = reply.token;
      this.key = this.asked.challenge;
      this.expired = this.busy = false;
      this.put(reply.token);
      this.open(false);
      this.say('right');
      this.until(reply.expires_in);
      this.settle();
    }

    /* Tell who waits for the token; the fields and getResponse() have it. */
    settle() {
      this.waiting.splice(0).forEach(([resolve]) => resolve(this.token));
      if (!this.onlyWhenExecuted || this.executed) this.call('callback', this.token);
      this.executed = false;
    }

    put(token) {
      this.fields.forEach((field) => {
        field.value = token;
      });
    }

    /* Nothing is taken away after a right answer: the focus may stand on it, and what is below must not jump. */
    open(yes) {
      this.box.readOnly = !yes;
      [this.words.check, this.words.another].forEach((button) => button.setAttribute('aria-disabled', !yes));
    }

    skip() {
      if (!this.asked || this.token || this.busy) return;
      this.busy = true;
      this.ask('', this.asked.challenge);
    }

    until(seconds) {
      // A little early: the form has to travel yet.
      this.deadline = Date.now() + seconds * 990;
      this.look();
    }

    /* Ask again once token or question is too old; timers sleep when the machine does, so this is called often. */
    look() {
      clearTimeout(this.timer);
      const left = this.deadline - Date.now();
      if (left > 0) this.timer = setTimeout(() => this.look(), Math.min(left, 2 ** 31 - 1));
      else if (this.asked && !this.busy) this.expire();
    }

    expire() {
      const { token } = this;
      this.clear(token ? 'timeout-or-duplicate' : 'challenge-expired');
      if (!token) return;
      this.expired = true;
      this.call('expired-callback', this.core.flavour === 'turnstile' ? token : undefined);
    }

    clear(word) {
      clearTimeout(this.timer);
      this.token = this.key = undefined;
      this.busy = true;
      this.expired = false;
      this.put('');
      this.ask(word);
    }

    /* Pages call this when told of an error or of a token's end, too: nothing is asked for twice then. */
    reset() {
      this.box.value = '';
      if (this.asked && !this.loading) this.clear();
    }

    execute() {
      this.executed = true;
      const promise = new Promise((...ends) => this.waiting.push(ends));
      // Who does not wait for it does not mind either.
      promise.catch(() => {});
      if (this.token) this.settle();
      else if (this.box.value.trim()) this.check();
      else (this.words.retry.hidden ? this.box : this.words.retry).focus();
      return promise;
    }

    close() {
      this.executed = false;
      this.waiting.splice(0).forEach(([, reject]) => reject('challenge-closed'));
    }

    /* hCaptcha's wrappers hand over data for a risk score; there is none. */
    setData() {}

    remove() {
      this.turn++;
      clearTimeout(this.timer);
      this.close();
      [this.group, ...this.fields].forEach((element) => element.remove());
      if (this.isButton) this.slot.remove();
      shared.widgets.delete(this.place);
      this.core.widgets.delete(String(this.id));
    }
  }

  /* All widgets of one flavour, and the object that pages call. */
  class Core {
    constructor(flavour, { origin, pathname, searchParams }) {
      const [path, mark, field] = FLAVOURS[flavour];
      Object.assign(this, { flavour, field, query: searchParams, widgets: new Map(), languages: {}, made: 0 });
      this.base = origin + pathname.slice(0, -path.length);
      // hCaptcha stands in for reCAPTCHA unless told not to, Turnstile if told to.
      this.compatible =
        (flavour === 'hcaptcha' && searchParams.get('recaptchacompat') !== 'off') ||
        (flavour === 'turnstile' && searchParams.get('compat') === 'recaptcha');
      this.marks = `.${mark}${this.compatible ? ', .g-recaptcha' : ''}`;
      document.addEventListener('visibilitychange', () => this.widgets.forEach((widget) => widget.look()));
      document.addEventListener('submit', (event) => this.sending(event), true);
      document.addEventListener('reset', (event) => setTimeout(() => this.emptied(event)), true);
      // After Back a browser knows a form to fill in again by its first fields: those that the page came with.
      window.addEventListener('pagehide', () => this.widgets.forEach((widget) => widget.fields.forEach((element) => element.remove())));
      window.addEventListener('pageshow', ({ persisted }) => {
        this.widgets.forEach((widget) => widget.slot.append(...widget.fields));
        // Back brings a page as it was left; a token that was sent from it is not sent again unseen.
        this.widgets.forEach((widget) => (persisted && widget.token ? widget.expire() : widget.look()));
      });
      this.offer(flavour);
      if (this.compatible && !window.grecaptcha?.render) this.offer('grecaptcha');
    }

    offer(key) {
      // An element with this id is found under this name as well, but is no property of the window.
      const there = Object.prototype.hasOwnProperty.call(window, key) && window[key];
      const api = Object.assign(Object(there || {}), this.api());
      if (key === 'grecaptcha') api.enterprise = api;
      window[key] = api;
    }

    api() {
      const act = (action) => (which, more) => {
        const widget = this.find(which);
        if (widget) return widget[action](more);
        if (action !== 'reset' && this.flavour === 'hcaptcha') throw new Error(`hcaptcha.${action}: there is no widget ${which}`);
      };
      const get = (key, none) => (which) => this.find(which)?.[key] || none;
      return {
        render: (where, params) => this.render(where, params),
        implicitRender: () => this.scan(),
        getResponse: get('token', this.flavour === 'turnstile' ? undefined : ''),
        getRespKey: get('key', ''),
        isExpired: get('expired', false),
        execute: (which, options) => this.execute(which, options),
        reset: act('reset'),
        remove: act('remove'),
        close: act('close'),
        setData: act('setData'),
        ready: whenParsed,
      };
    }

    find(which) {
      if (which == null) {
        // A page that replaces its parts takes widgets away without a word.
        const all = [...this.widgets.values()];
        return all.find((widget) => widget.group.isConnected) || all[0];
      }
      return this.widgets.get(String(which)) || shared.widgets.get(elementOf(which));
    }

    render(where, params) {
      const alone = where?.constructor === Object;
      const place = alone ? document.body.appendChild(make('div', {})) : elementOf(where);
      if (!place) throw new Error(`${this.flavour}.render: there is no element ${where}`);
      const given = { ...(alone ? where : params) };
      let widget = shared.widgets.get(place);
      if (widget) Object.assign(widget.params, given);
      else {
        widget = new Widget(this, place, given);
        shared.widgets.set(place, widget);
        this.widgets.set(String(widget.id), widget);
      }
      return widget.id;
    }

    execute(which, options) {
      const first = which?.async;
      const widget = this.find(first ? undefined : which);
      if (!widget) return Promise.reject(new Error(`${this.flavour}.execute: there is no widget ${which}; scores are not given`));
      const promise = widget.execute();
      if (this.flavour === 'gate' || this.flavour === 'grecaptcha') return promise;
      if (this.flavour === 'hcaptcha' && (first || options?.async)) return promise.then((response) => ({ response, key: widget.key }));
    }

    scan() {
      document.querySelectorAll(this.marks).forEach((place) => shared.widgets.has(place) || this.render(place));
    }

    /* Do what one copy of the script is told by its address. */
    start(query) {
      whenParsed(() => {
        if (query.get('render') !== 'explicit') {
          this.scan();
          if (this.flavour === 'gate' && !this.observer) {
            // Not for the others: their clients add such elements and then render them themselves.
            this.observer = new MutationObserver(() => this.scan());
            this.observer.observe(document, { childList: true, subtree: true });
          }
        }
        const { fns } = window.___grecaptcha_cfg || {};
        if (fns && this.flavour === 'grecaptcha') fns.splice(0).forEach((action) => action());
        const onload = window[query.get('onload')];
        if (typeof onload === 'function') onload();
      });
    }

    /* Return the fields that the form sends, named as the page's server knows them. */
    fields(widget) {
      const { flavour, field } = this;
      if (flavour === 'turnstile' && String(widget.option('response-field')) === 'false') return [];
      const own = (flavour === 'gate' && widget.option('field')) || (flavour === 'turnstile' && widget.option('response-field-name'));
      return [own || field, ...(this.compatible ? ['g-recaptcha-response'] : [])].map((key, index) => {
        const hidden = flavour === 'gate' || flavour === 'turnstile';
        const suffix = index ? 'g_response' : 'response';
        const id = hidden ? `${widget.id}_${suffix}` : `${key}${widget.id ? `-${widget.id}` : ''}`;
        const attributes = { name: key, id, class: key, autocomplete: 'off', hidden: '' };
        return hidden ? make('input', Object.assign(attributes, { type: 'hidden' })) : make('textarea', attributes);
      });
    }

    /* Link the style sheet where it is needed, once. */
    dress(root) {
      const home = root.host ? root : document.head;
      const href = `${this.base}/gate.css`;
      if (![...home.querySelectorAll('link')].some((link) => link.href === href)) home.append(make('link', { rel: 'stylesheet', href }));
    }

    async wordsIn(tag) {
      if (/^en\b/i.test(tag)) return SERVED.words;
      const said = await (this.languages[tag] ||= request(`${this.base}/gate/strings/${tag}.json`));
      if (said.title) return said;
      delete this.languages[tag];
      return SERVED.words;
    }

    /* Who sends the form without a press of "Check" means both: judge first, then send. */
    sending(event) {
      const { target, submitter } = event;
      const open = [...this.widgets.values()].filter(
        (widget) => widget.group.closest('form') === target && widget.asked && !widget.token && widget.box.value.trim(),
      );
      if (!open.length || !target.requestSubmit) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.sent) return;
      this.sent = Promise.all(open.map((widget) => widget.check())).then((verdicts) => {
        this.sent = null;
        if (verdicts.every((right) => right)) target.requestSubmit(submitter);
      });
    }

    /* A form that was emptied is a new one; a question without an answer stands. */
    emptied({ target, defaultPrevented }) {
      this.widgets.forEach((widget) => {
        if (!defaultPrevented && widget.token && widget.group.closest('form') === target) widget.reset();
      });
    }
  }

  const flavour = flavourOf(script.src);
  const src = new URL(script.src);
  const core = (shared.cores[flavour] ||= new Core(flavour, src));
  core.start(src.searchParams);
})();
