/* Node's captcha libraries, as their documents say to use them. Talks as talk.py does: the client's name and the gate
   are the arguments, then a line of JSON for each token, null where a form brought none, and one for each verdict. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GoogleRecaptchaModule, GoogleRecaptchaValidator } from '@nestlab/google-recaptcha';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { captcha } from 'better-auth/plugins';
import turnstile from 'cf-turnstile';
import grecaptcha from 'node-grecaptcha-verify';
import recaptcha from 'recaptcha-node';
import { createInterface } from 'node:readline';

const nestlab = async ({ url, secret }) => {
  class Forum {}
  const settings = {
    secretKey: secret,
    network: `${url}/recaptcha/api/siteverify`,
    response: (request) => request.headers.recaptcha,
  };
  Module({ imports: [GoogleRecaptchaModule.forRoot(settings)] })(Forum);
  const forum = await NestFactory.createApplicationContext(Forum, { logger: false });
  const validator = forum.get(GoogleRecaptchaValidator);
  return async (response) => (await validator.validate({ response })).success;
};

/* Somebody signs up: that works once the captcha lets it through. */
const betterAuthAs = (provider, path, more) => ({ url, sitekey, secret }) => {
  const auth = betterAuth({
    secret,
    baseURL: 'http://forum.example.org',
    logger: { disabled: true },
    telemetry: { enabled: false },
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    emailAndPassword: { enabled: true },
    plugins: [captcha({ provider, secretKey: secret, siteVerifyURLOverride: `${url}${path}`, ...more(sitekey) })],
  });
  let posters = 0;
  return async (response) => {
    const headers = { 'Content-Type': 'application/json', Origin: 'http://forum.example.org' };
    if (response !== null) headers['x-captcha-response'] = response;
    const email = `ana${posters++}@example.org`;
    const body = JSON.stringify({ name: 'Ana', email, password: 'Sharp blades cut cleaner.' });
    const request = new Request('http://forum.example.org/api/auth/sign-up/email', { method: 'POST', headers, body });
    return (await auth.handler(request)).status === 200;
  };
};

const cfTurnstile = ({ url, secret }) => {
  const verify = turnstile(secret, { apiUrl: `${url}/turnstile/v0/siteverify` });
  return async (response) => (await verify(response)).success;
};

const recaptchaNode = ({ url, secret }) => {
  const { hostname, port } = new URL(url);
  const client = new recaptcha.RecaptchaV2(secret, { protocol: 'http', hostname, port });
  return async (response) => (await client.verify(response)).success;
};

const nodeGrecaptchaVerify = ({ tls, secret }) => {
  process.env.GOOGLE_RECAPTCHA_V3_VERIFY_API_URL = `https://${tls}/recaptcha/api/siteverify`;
  const client = new grecaptcha.ReCAPTCHA(secret);
  return async (response) => (await client.verify(response)).isHuman;
};

const CLIENTS = {
  '@nestlab/google-recaptcha': nestlab,
  'better-auth as reCAPTCHA': betterAuthAs('google-recaptcha', '/recaptcha/api/siteverify', () => ({})),
  'better-auth as hCaptcha': betterAuthAs('hcaptcha', '/siteverify', (siteKey) => ({ siteKey })),
  'better-auth as Turnstile': betterAuthAs('cloudflare-turnstile', '/turnstile/v0/siteverify', () => ({})),
  'cf-turnstile': cfTurnstile,
  'node-grecaptcha-verify': nodeGrecaptchaVerify,
  'recaptcha-node': recaptchaNode,
};

const [name, gate] = process.argv.slice(2);
const verify = await CLIENTS[name](JSON.parse(gate));
for await (const line of createInterface({ input: process.stdin })) {
  const verdict = await Promise.resolve(JSON.parse(line))
    .then(verify)
    .then((passed) => (passed === true ? 'pass' : 'refuse'), String);
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
}
