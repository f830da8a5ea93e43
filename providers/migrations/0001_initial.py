"""Shared limits, circuits and kept answers, with the functions that decide in one round trip."""

from django.db import migrations, models

# Both functions lock the source's row, so that decisions of all workers come one after another. They
# end with their own transaction at once; what a crash of Postgres forgets is a few starts.
FUNCTIONS = """
CREATE FUNCTION providers_admit(
    p_source text, p_count integer, p_window interval, p_slack interval, p_at_once integer,
    p_wait interval, p_lease interval, p_open interval, p_start bigint,
    OUT verdict text, OUT wait_seconds double precision, OUT start_id bigint, OUT is_trial boolean
) LANGUAGE plpgsql AS $$
DECLARE
    state providers_sourcestate%ROWTYPE;
    at timestamptz;
    mine timestamptz;
    latest timestamptz;
    nth timestamptz;
    earliest timestamptz;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '5s', true);
    is_trial := false;
    SELECT * INTO state FROM providers_sourcestate WHERE name = p_source FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO providers_sourcestate (name, failures, last_error_code, last_error)
            VALUES (p_source, 0, '', '') ON CONFLICT DO NOTHING;
        SELECT * INTO state FROM providers_sourcestate WHERE name = p_source FOR UPDATE;
    END IF;
    at := clock_timestamp();

    -- The circuit: open, tried by somebody else, or ours to try.
    IF state.opened_at IS NOT NULL THEN
        IF p_start IS NULL OR state.trial IS DISTINCT FROM p_start THEN
            wait_seconds := extract(epoch FROM least(p_open, greatest(
                state.opened_at + p_open - at, coalesce(state.trial_until, at) - at)));
            IF wait_seconds > 0 THEN
                DELETE FROM providers_start WHERE id = p_start;
                verdict := 'open';
                RETURN;
            END IF;
        END IF;
        is_trial := true;
    END IF;

    -- A place that was given earlier: still good, unless its time is over or the source paused meanwhile.
    IF p_start IS NOT NULL THEN
        SELECT started_at INTO mine FROM providers_start WHERE id = p_start;
        IF at <= mine + p_slack AND coalesce(state.paused_until, at) <= greatest(at, mine) THEN
            verdict := 'go';
            wait_seconds := greatest(0, extract(epoch FROM mine - at));
            start_id := p_start;
            RETURN;
        END IF;
        DELETE FROM providers_start WHERE id = p_start;
        UPDATE providers_sourcestate SET trial = NULL, trial_until = NULL WHERE name = p_source AND trial = p_start;
    END IF;

    earliest := greatest(at, state.paused_until);
    IF p_count IS NOT NULL OR p_at_once IS NOT NULL THEN
        -- Far future: the clock was set back.
        DELETE FROM providers_start WHERE source = p_source AND (
            started_at > at + interval '10 minutes'
            OR (started_at < at - coalesce(p_window + p_slack, interval '0') AND coalesce(busy_until, at) <= at));
    END IF;
    IF p_at_once IS NOT NULL THEN
        SELECT extract(epoch FROM min(busy_until) - at) INTO wait_seconds
            FROM providers_start WHERE source = p_source AND busy_until > at HAVING count(*) >= p_at_once;
        IF FOUND THEN
            verdict := 'busy';
            RETURN;
        END IF;
    END IF;
    IF p_count IS NOT NULL THEN
        SELECT max(started_at) INTO latest FROM providers_start WHERE source = p_source;
        SELECT started_at INTO nth FROM providers_start WHERE source = p_source
            ORDER BY started_at DESC OFFSET p_count - 1 LIMIT 1;
        earliest := greatest(earliest, latest, nth + p_window + p_slack);
    END IF;
    wait_seconds := greatest(0, extract(epoch FROM earliest - at));
    IF earliest - at > p_wait THEN
        verdict := CASE WHEN state.paused_until > at + p_wait THEN 'paused' ELSE 'full' END;
        RETURN;
    END IF;

    verdict := 'go';
    start_id := nextval(pg_get_serial_sequence('providers_start', 'id'));
    IF p_count IS NOT NULL OR p_at_once IS NOT NULL THEN
        INSERT INTO providers_start (id, source, started_at, busy_until) VALUES (
            start_id, p_source, earliest, CASE WHEN p_at_once IS NOT NULL THEN earliest + p_lease END);
    END IF;
    IF is_trial THEN
        UPDATE providers_sourcestate SET trial = start_id, trial_until = earliest + p_lease WHERE name = p_source;
    END IF;
END $$;

-- p_outcome: `answered`, `refused` (answered with an error of its own), `failed` or `dropped`.
CREATE FUNCTION providers_settle(
    p_source text, p_start bigint, p_outcome text, p_code text, p_error text, p_pause interval, p_threshold integer
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    state providers_sourcestate%ROWTYPE;
    at timestamptz;
    mine boolean;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '5s', true);
    SELECT * INTO state FROM providers_sourcestate WHERE name = p_source FOR UPDATE;
    at := clock_timestamp();
    UPDATE providers_start SET busy_until = NULL WHERE id = p_start AND busy_until IS NOT NULL;
    mine := state.trial IS NOT NULL AND state.trial = p_start;
    IF mine THEN
        state.trial := NULL;
        state.trial_until := NULL;
    END IF;

    IF p_outcome IN ('answered', 'refused') AND (mine OR state.opened_at IS NULL) THEN
        state.failures := 0;
        state.opened_at := NULL;
    ELSIF p_outcome = 'failed' AND mine THEN
        state.failures := state.failures + 1;
        state.opened_at := at;
    ELSIF p_outcome = 'failed' AND state.opened_at IS NULL THEN
        state.failures := state.failures + 1;
        IF state.failures >= p_threshold THEN
            state.opened_at := at;
        END IF;
    END IF;
    IF p_pause IS NOT NULL THEN
        state.paused_until := greatest(state.paused_until, at + p_pause);
    END IF;
    -- To the second is enough, and spares a busy source most of its writes.
    IF p_outcome = 'answered' AND coalesce(state.last_success_at < at - interval '1 second', true) THEN
        state.last_success_at := at;
    ELSIF p_outcome IN ('failed', 'refused') THEN
        state.last_error_at := at;
        state.last_error_code := left(p_code, 60);
        state.last_error := left(p_error, 500);
    END IF;
    UPDATE providers_sourcestate AS s SET
        failures = state.failures, opened_at = state.opened_at, trial = state.trial, trial_until = state.trial_until,
        paused_until = state.paused_until, last_success_at = state.last_success_at,
        last_error_at = state.last_error_at, last_error_code = state.last_error_code, last_error = state.last_error
    WHERE s.name = p_source AND s IS DISTINCT FROM state;
END $$;

-- Bodies arrive packed. The rows of states are changed often and in place.
ALTER TABLE providers_keptanswer ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE providers_sourcestate SET (fillfactor = 50);
"""
NO_FUNCTIONS = """
DROP FUNCTION providers_admit(text, integer, interval, interval, integer, interval, interval, interval, bigint);
DROP FUNCTION providers_settle(text, bigint, text, text, text, interval, integer);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=40)),
                ('path', models.CharField(max_length=200)),
                ('status', models.PositiveSmallIntegerField()),
                ('headers', models.JSONField()),
                ('body', models.BinaryField(help_text='Packed by zlib.')),
                ('size_bytes', models.PositiveIntegerField(help_text='As kept.')),
                ('fetched_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-fetched_at'],
                'indexes': [models.Index(fields=['expires_at'], name='answer_by_expiry'), models.Index(fields=['fetched_at'], name='answer_by_age')],
            },
        ),
        migrations.CreateModel(
            name='SourceState',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0, help_text='In a row, since the last answer.')),
                ('opened_at', models.DateTimeField(blank=True, help_text='When the circuit opened; empty while closed.', null=True)),
                ('trial', models.BigIntegerField(blank=True, help_text='Number of the call that tries whether it works.', null=True)),
                ('trial_until', models.DateTimeField(blank=True, help_text='When that call is given up.', null=True)),
                ('paused_until', models.DateTimeField(blank=True, help_text='Until when the source wants no calls.', null=True)),
                ('last_success_at', models.DateTimeField(blank=True, null=True)),
                ('last_error_at', models.DateTimeField(blank=True, null=True)),
                ('last_error_code', models.CharField(blank=True, default='', max_length=60)),
                ('last_error', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'verbose_name': 'source',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('trial__isnull', True), ('trial_until__isnull', True)), models.Q(('opened_at__isnull', False), ('trial__isnull', False), ('trial_until__isnull', False)), _connector='OR'), name='trial_belongs_to_an_open_circuit')],
            },
        ),
        migrations.CreateModel(
            name='Start',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('started_at', models.DateTimeField()),
                ('busy_until', models.DateTimeField(help_text='Counts as under way until then, where that is limited.', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['source', 'started_at'], name='start_by_source')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
