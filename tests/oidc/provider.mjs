// A real OpenID provider (npm's oidc-provider, certified) on the loopback, for the tests: whoever types an
// account that the test has named is that account. Prints its addresses as one line of JSON. At the second
// address the test says, as JSON, how the provider shall be, or misbehave.
import { createServer } from "node:http";

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import Provider from "oidc-provider";

const CLIENT = { client_id: "inspector", client_secret: "100% secret: of the tests" };
const LONG = 3600;

/** As it is unless the test says otherwise. */
const HONEST = {
  redirectUris: [], leaveUris: [], logoutUri: "", // of the client
  accounts: {}, // claims by account
  inIdToken: true, // whether the claims are in the token, or only at the userinfo endpoint
  acr: undefined, amr: undefined, // how people prove who they are
  slowMs: 0, // before each answer to the client
  claims: {}, // of the token, changed before it is signed; null takes one away
  signedBy: "provider", // or with its key "before", by a "stranger" under its key id, by "nobody", or by whoever
  // knows the client's "secret"
  answer: {}, // fields of the token endpoint's answer, changed; null takes one away
  discovery: {}, // fields of the discovery document, changed
};

let said = HONEST;
let pair = await newPair();
let before = pair;
let handler;

const provider = createServer((request, response) => handler(request, response));
await listen(provider, 0);
const { port } = provider.address();
const issuer = `http://localhost:${port}`; // to a browser another site than ours at 127.0.0.1
build();

const control = createServer(async (request, response) => {
  try {
    const wanted = JSON.parse((await bodyOf(request)) || "{}");
    await (request.url === "/keys" ? rotate() : request.url === "/down" ? close() : configure(wanted));
    response.end("done");
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
});
await listen(control, 0);
console.log(JSON.stringify({ issuer, control: `http://127.0.0.1:${control.address().port}` }));

// What the test says

async function configure(wanted) {
  said = { ...HONEST, ...wanted };
  if (!provider.listening) await listen(provider, port);
  build();
}

async function rotate() {
  before = pair;
  pair = await newPair();
  build();
}

function close() {
  provider.close();
  provider.closeAllConnections();
}

// The provider

function build() {
  const claimNames = [...new Set(Object.values(said.accounts).flatMap(Object.keys))];
  const made = new Provider(issuer, {
    clients: [{
      ...CLIENT,
      redirect_uris: said.redirectUris,
      post_logout_redirect_uris: said.leaveUris,
      ...(said.logoutUri && { backchannel_logout_uri: said.logoutUri, backchannel_logout_session_required: true }),
    }],
    jwks: { keys: [pair.jwk] },
    cookies: { keys: ["of the tests"] },
    pkce: { required: () => true },
    claims: { openid: ["sub", "amr"], profile: claimNames },
    conformIdTokenClaims: !said.inIdToken,
    acrValues: said.acr ? [said.acr] : [],
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource },
    },
    ttl: { AccessToken: LONG, AuthorizationCode: 60, Grant: LONG, IdToken: LONG, Interaction: LONG, Session: LONG },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...said.accounts[accountId] }) }),
    loadExistingGrant,
    fetch: (url, { dispatcher: _, ...how }) => fetch(url, how), // its own does not speak to the loopback
  });
  made.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/") && said.slowMs) await new Promise((go) => setTimeout(go, said.slowMs));
    if (ctx.path.startsWith("/interaction/")) await interact(made, ctx);
    else await next();
    if (ctx.oidc?.route === "token" && ctx.body?.id_token) await misbehave(ctx.body);
    if (ctx.oidc?.route === "discovery") ctx.body = changed(ctx.body, said.discovery);
  });
  made.on("backchannel.error", (_ctx, error) => console.error(error));
  handler = made.callback();
}

/** Nobody is asked whether the client may know their claims: the bank has decided that. */
async function loadExistingGrant({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid profile");
  await grant.save();
  return grant;
}

async function interact(made, ctx) {
  if (ctx.method === "GET") return void (ctx.body = page("Provider", `
    <form method="post">
      <label>Account <input name="account" required autofocus></label>
      <button name="answer" value="yes">Sign in here</button>
      <button name="answer" value="no" formnovalidate>Cancel</button>
    </form>`));
  const form = new URLSearchParams(await bodyOf(ctx.req));
  const accountId = form.get("account");
  const known = form.get("answer") === "yes" && accountId in said.accounts;
  const result = known
    ? { login: { accountId, acr: said.acr, amr: said.amr } }
    : { error: "access_denied", error_description: "said no <b>at the provider</b>" };
  await made.interactionFinished(ctx.req, ctx.res, result);
  ctx.respond = false;
}

function logoutSource(ctx, form) {
  ctx.body = page("Leaving", `${form}<button form="op.logoutForm" name="logout" value="yes">Leave the provider</button>`);
}

function page(title, body) {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>
    <h1>${title}</h1>${body}</body></html>`;
}

// Misbehaving

async function misbehave(body) {
  const [head, payload] = body.id_token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const claims = changed(payload, said.claims);
  if (said.signedBy === "nobody") {
    body.id_token = `${encoded({ alg: "none" })}.${encoded(claims)}.`;
  } else if (said.signedBy === "secret") {
    const secret = new TextEncoder().encode(CLIENT.client_secret);
    body.id_token = await new SignJWT(claims).setProtectedHeader({ ...head, alg: "HS256" }).sign(secret);
  } else {
    const key = { stranger: { ...(await newPair()), jwk: pair.jwk }, before, provider: pair }[said.signedBy];
    const named = { ...head, kid: key.jwk.kid };
    body.id_token = await new SignJWT(claims).setProtectedHeader(named).sign(key.privateKey);
  }
  Object.assign(body, said.answer);
  for (const [name, value] of Object.entries(said.answer)) if (value === null) delete body[name];
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function changed(before, changes) {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
}

// Helpers

async function newPair() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = crypto.randomUUID();
  return { privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" } };
}

function listen(server, at) {
  return new Promise((ready) => server.listen(at, "127.0.0.1", ready));
}

async function bodyOf(stream) {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}
