using System.Data.Common;
using AdaptCluster.Contracts;
using AdaptCluster.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace AdaptCluster.Storage;

/// <summary>Creates, migrates and checks the store's tables.</summary>
internal sealed class StoreSchema(StoreAccess access, StoreDatabase database, Artifacts artifacts)
{
    /// <summary>Creates or migrates the schema. This is idempotent, and safe when several processes do it at the same time.</summary>
    /// <exception cref="InvalidInputException">A newer program has used the store, or the file was created by a version whose stores
    /// cannot be migrated.</exception>
    public async Task MigrateAsync()
    {
        await MigrateSchemaAsync();
        await artifacts.MoveArtifactsAsync();
    }

    /// <summary>Returns the migrations that have been applied to a store, in order; null if the store has no migrations table.</summary>
    public static async Task<string[]?> AppliedAsync(DbConnection connection) => await HasTableAsync(connection, "migrations")
        ? [.. (await connection.QueryAsync(null, "SELECT \"MigrationId\" FROM migrations", r => r.GetString(0)))
            .Order(StringComparer.Ordinal)]
        : null;

    private async Task MigrateSchemaAsync()
    {
        if (await access.ConnectAsync(PrepareAsync)) await access.MigrateAsync();
    }

    /// <summary>Refuses a store that this program cannot use, and prepares any other store for migration.</summary>
    /// <returns>Whether any migration is missing.</returns>
    private async Task<bool> PrepareAsync(DbConnection connection)
    {
        var applied = await AppliedAsync(connection);
        RefuseNewer(applied ?? []);
        var lacks = !Migrated.Ids.SequenceEqual(applied ?? []);
        if (!database.IsPostgres)
        {
            if (applied is null && await HasTableAsync(connection, "sweeps"))
                throw new InvalidInputException(
                    "the store was created by a version without migrations; use that version, or move the "
                    + "file away to start with an empty store.");
            // Write-ahead logging lets other processes read while this one writes, and survives kill -9.
            await connection.ExecuteAsync(null, "PRAGMA journal_mode=WAL");
            if (applied is null)
            {
                await MakeAsync(connection);
                return false;
            }
            // On SQLite, EF Core's lock is a row that remains if the process is killed. The lock of the home folder already keeps other
            // processes out.
            if (lacks) await connection.ExecuteAsync(null, "DROP TABLE IF EXISTS \"__EFMigrationsLock\"");
        }
        return lacks;
    }

    /// <summary>
    /// Creates the tables of a new SQLite file from the combined statements of all migrations, which takes a tenth of the time of running
    /// the migrations.
    /// </summary>
    private static async Task MakeAsync(DbConnection connection)
    {
        await using var resource = typeof(StoreSchema).Assembly.GetManifestResourceStream("sqlite.sql")!;
        using var text = new StreamReader(resource);
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(transaction, await text.ReadToEndAsync());
        await transaction.CommitAsync();
    }

    /// <summary>Checks that the schema matches this program.</summary>
    /// <exception cref="InvalidInputException">The schema does not match. The message says how to migrate it.</exception>
    public Task CheckSchemaAsync() => access.ConnectAsync(async connection =>
    {
        var applied = await AppliedAsync(connection) ?? [];
        if (Migrated.Ids.Except(applied).Count() is > 0 and var lacking)
            throw new InvalidInputException($"the store ({database}) needs {lacking} migrations; run 'sweep db migrate'.");
        RefuseNewer(applied);
        return true;
    });

    private void RefuseNewer(string[] applied)
    {
        if (applied.Except(Migrated.Ids).FirstOrDefault() is { } newer)
            throw new InvalidInputException(
                $"the store ({database}) was upgraded by a newer program ({newer}); use the same version here.");
    }

    private static async Task<bool> HasTableAsync(DbConnection connection, string name) => (await connection.QueryAsync(null,
        connection is SqliteConnection
            ? "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = @name" : "SELECT to_regclass(@name) IS NOT NULL",
        r => r.GetBoolean(0), ("name", name)))[0];
}
