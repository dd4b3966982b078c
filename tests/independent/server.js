// oidc-provider on loopback: PKCE required, refresh tokens rotate, `iss` in answers.
// node server.js MODULES PORT REDIRECT_URI SECRET
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, port, redirectUri, secret] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { default: Provider } = await import(
  pathToFileURL(require.resolve('oidc-provider'))
);

const clientOf = (client_id, method) => ({
  client_id,
  token_endpoint_auth_method: method,
  ...(method === 'none' ? {} : { client_secret: secret }),
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  application_type: 'native',
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    clientOf('basic', 'client_secret_basic'),
    clientOf('post', 'client_secret_post'),
    clientOf('public', 'none'),
  ],
  cookies: { keys: ['only for this test run'] },
  claims: { profile: ['name', 'preferred_username', 'picture'] },
  scopes: ['openid', 'profile', 'offline_access'],
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: `Person ${id}`,
      preferred_username: `${id}.social`,
      picture: `http://127.0.0.1:${port}/${id}.png`,
    }),
  }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: {
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
});
provider.listen(Number(port), '127.0.0.1');
