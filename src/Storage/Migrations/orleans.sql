-- What Orleans' ADO.NET providers for membership and reminders (10.4) read and write. The providers know nothing of these tables: they
-- read the relation orleansquery once and send the texts under its keys. Names of parameters and of result columns are the contract.

CREATE TABLE orleansquery (
    querykey text PRIMARY KEY,
    querytext text NOT NULL
);

-- One row per cluster: the version that every change of the membership must have seen.
CREATE TABLE orleans_membership_version (
    deployment_id text PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE orleans_membership (
    deployment_id text NOT NULL REFERENCES orleans_membership_version ON DELETE CASCADE,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    proxy_port integer NOT NULL,
    suspect_times text,
    start_time timestamptz NOT NULL,
    i_am_alive_time timestamptz NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)
);

CREATE TABLE orleans_reminders (
    service_id text NOT NULL,
    grain_id text NOT NULL,
    reminder_name text NOT NULL,
    start_time timestamptz NOT NULL,
    period bigint NOT NULL,
    grain_hash integer NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (service_id, grain_id, reminder_name)
);
CREATE INDEX ix_orleans_reminders_hash ON orleans_reminders (service_id, grain_hash);

INSERT INTO orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', $query$
    WITH created AS (
        INSERT INTO orleans_membership_version (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING deployment_id
    )
    SELECT EXISTS (SELECT 1 FROM created)
$query$),
-- The conditional update locks the version row and checks it again after waiting; the member follows only where it changed something.
('InsertMembershipKey', $query$
    WITH moved AS (
        UPDATE orleans_membership_version SET version = version + 1
        WHERE deployment_id = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT 1 FROM orleans_membership
            WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING deployment_id
    ), added AS (
        INSERT INTO orleans_membership
            (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
        SELECT deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
        RETURNING deployment_id
    )
    SELECT EXISTS (SELECT 1 FROM added)
$query$),
('UpdateMembershipKey', $query$
    WITH moved AS (
        UPDATE orleans_membership_version SET version = version + 1
        WHERE deployment_id = @DeploymentId AND version = @Version AND EXISTS (
            SELECT 1 FROM orleans_membership
            WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING deployment_id
    ), changed AS (
        UPDATE orleans_membership AS member
        SET status = @Status, suspect_times = @SuspectTimes, i_am_alive_time = @IAmAliveTime
        FROM moved
        WHERE member.deployment_id = moved.deployment_id
            AND member.address = @Address AND member.port = @Port AND member.generation = @Generation
        RETURNING member.deployment_id
    )
    SELECT EXISTS (SELECT 1 FROM changed)
$query$),
('UpdateIAmAlivetimeKey', $query$
    UPDATE orleans_membership SET i_am_alive_time = @IAmAliveTime
    WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$query$),
('MembershipReadAllKey', $query$
    SELECT member.address AS Address, member.port AS Port, member.generation AS Generation, member.silo_name AS SiloName,
        member.host_name AS HostName, member.status AS Status, member.proxy_port AS ProxyPort, member.suspect_times AS SuspectTimes,
        member.start_time AS StartTime, member.i_am_alive_time AS IAmAliveTime, cluster.version AS Version
    FROM orleans_membership_version AS cluster
    LEFT JOIN orleans_membership AS member ON member.deployment_id = cluster.deployment_id
    WHERE cluster.deployment_id = @DeploymentId
$query$),
('MembershipReadRowKey', $query$
    SELECT member.address AS Address, member.port AS Port, member.generation AS Generation, member.silo_name AS SiloName,
        member.host_name AS HostName, member.status AS Status, member.proxy_port AS ProxyPort, member.suspect_times AS SuspectTimes,
        member.start_time AS StartTime, member.i_am_alive_time AS IAmAliveTime, cluster.version AS Version
    FROM orleans_membership_version AS cluster
    LEFT JOIN orleans_membership AS member ON member.deployment_id = cluster.deployment_id
        AND member.address = @Address AND member.port = @Port AND member.generation = @Generation
    WHERE cluster.deployment_id = @DeploymentId
$query$),
('GatewaysQueryKey', $query$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation FROM orleans_membership
    WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
$query$),
('DeleteMembershipTableEntriesKey', $query$
    DELETE FROM orleans_membership_version WHERE deployment_id = @DeploymentId
$query$),
-- Status 6 is Dead; silos that are joining are not defunct, however long they take.
('CleanupDefunctSiloEntriesKey', $query$
    DELETE FROM orleans_membership
    WHERE deployment_id = @DeploymentId AND status = 6 AND i_am_alive_time < @IAmAliveTime AND start_time < @IAmAliveTime
$query$),
('CleanupDefunctSiloEntryKey', $query$
    DELETE FROM orleans_membership
    WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
        AND suspect_times IS NOT DISTINCT FROM @SuspectTimes AND start_time = @StartTime AND i_am_alive_time = @IAmAliveTime
$query$),
('UpsertReminderRowKey', $query$
    INSERT INTO orleans_reminders (service_id, grain_id, reminder_name, start_time, period, grain_hash, version)
    VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 1)
    ON CONFLICT (service_id, grain_id, reminder_name) DO UPDATE
    SET start_time = excluded.start_time, period = excluded.period, grain_hash = excluded.grain_hash, version = orleans_reminders.version + 1
    RETURNING version AS Version
$query$),
('ReadReminderRowKey', $query$
    SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
    FROM orleans_reminders WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName
$query$),
('ReadReminderRowsKey', $query$
    SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
    FROM orleans_reminders WHERE service_id = @ServiceId AND grain_id = @GrainId
$query$),
-- Hashes are signed here: a range that wraps around comes under the second key.
('ReadRangeRows1Key', $query$
    SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
    FROM orleans_reminders WHERE service_id = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash
$query$),
('ReadRangeRows2Key', $query$
    SELECT grain_id AS GrainId, reminder_name AS ReminderName, start_time AS StartTime, period AS Period, version AS Version
    FROM orleans_reminders WHERE service_id = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)
$query$),
('DeleteReminderRowKey', $query$
    WITH gone AS (
        DELETE FROM orleans_reminders
        WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName AND version = @Version
        RETURNING version
    )
    SELECT EXISTS (SELECT 1 FROM gone)
$query$),
('DeleteReminderRowsKey', $query$
    DELETE FROM orleans_reminders WHERE service_id = @ServiceId
$query$);
