using AdaptCluster.Contracts;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Storage;

/// <summary>The tables: made, brought up to date, and checked.</summary>
internal sealed class StoreSchema(StoreAccess access, StoreDatabase database, Artifacts artifacts)
{
    /// <summary>Creates the schema or brings it up to date; safe to run twice, and in several processes at once.</summary>
    /// <exception cref="InvalidInputException">A newer program has used the store, or an older one made the file in a way that cannot be
    /// brought up to date.</exception>
    public async Task MigrateAsync()
    {
        await MigrateSchemaAsync();
        await artifacts.MoveArtifactsAsync();
    }

    private Task<bool> MigrateSchemaAsync() => access.RunAsync(async db =>
    {
        RefuseNewer(db, await db.Database.GetAppliedMigrationsAsync());
        if (!database.IsPostgres)
        {
            if (await HasTableAsync(db, "sweeps") && !await HasTableAsync(db, "migrations"))
                throw new InvalidInputException(
                    "the store was made by a version before migrations; use the program that made it, or move the "
                    + "file away to begin afresh.");
            // Write-ahead logging lets other processes read while this one writes, and survives kill -9.
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;");
            // EF's lock on SQLite is a row that outlives a killed process. The home folder's lock already keeps other processes out.
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\";");
        }
        await db.Database.MigrateAsync();
        return true;
    }, StatementTime.Migration);

    /// <summary>Checks that the schema is this program's.</summary>
    /// <exception cref="InvalidInputException">It is not; the message says how to bring it up to date.</exception>
    public Task CheckSchemaAsync() => access.RunAsync(async db =>
    {
        var (known, applied) = (db.Database.GetMigrations().ToArray(), (await db.Database.GetAppliedMigrationsAsync()).ToArray());
        if (known.Except(applied).Any())
            throw new InvalidInputException(
                $"the store ({database}) lacks {known.Except(applied).Count()} migrations; run 'sweep db migrate'.");
        RefuseNewer(db, applied);
        return true;
    });

    private void RefuseNewer(SweepDbContext db, IEnumerable<string> applied)
    {
        if (applied.Except(db.Database.GetMigrations()).FirstOrDefault() is { } newer)
            throw new InvalidInputException(
                $"the store ({database}) was upgraded by a newer program ({newer}); use that program's version here too.");
    }

    private static async Task<bool> HasTableAsync(SweepDbContext db, string name) =>
        await db.Database.SqlQuery<int>($"SELECT count(*) AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name = {name}")
            .SingleAsync() > 0;
}
