-- A copy must never spend the original's tokens.
UPDATE social_token SET access_token = NULL, refresh_token = NULL;
UPDATE social_access SET page_token = NULL;
UPDATE social_app SET client_secret = NULL, webhook_secret = NULL;
DELETE FROM social_signal;
DELETE FROM social_oauth_request;
UPDATE social_profile SET reason = 'not_connected', expires_at = now() AT TIME ZONE 'UTC';
