using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Storage.Tests;

/// <summary>The hand-written migrations make what the model says, on both databases.</summary>
public sealed class SchemaTests(PostgresServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-schema-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task On_SQLite_the_migrations_make_the_models_tables()
    {
        const string columns = """
            SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk AS Value FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE '\_\_%' ESCAPE '\' AND m.name NOT IN ('migrations', 'sqlite_sequence')
            UNION ALL SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name <> 'migrations' AND sql IS NOT NULL
            """;
        await CompareAsync(StoreDatabase.Sqlite(Path.Combine(_folder, "migrated.db")),
            StoreDatabase.Sqlite(Path.Combine(_folder, "modelled.db")), columns);
    }

    [Fact]
    public async Task A_new_SQLite_file_is_made_by_what_its_migrations_say()
    {
        await using var migrated = Services(StoreDatabase.Sqlite(Path.Combine(_folder, "migrated.db")));
        await using (var db = await migrated.GetRequiredService<IDbContextFactory<SweepDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            GeneratedFile.Check("src/Storage/Migrations/sqlite.sql",
                db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.NoTransactions).ReplaceLineEndings("\n"));
            await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        }
        await using var made = Services(StoreDatabase.Sqlite(Path.Combine(_folder, "made.db")));
        await made.GetRequiredService<SweepStore>().Schema.MigrateAsync();

        const string all = """
            SELECT type || ' ' || tbl_name || ' ' || coalesce(sql, '') AS Value FROM sqlite_master WHERE name NOT LIKE '\_\_%' ESCAPE '\'
            UNION ALL SELECT "MigrationId" || ' ' || "ProductVersion" FROM migrations
            """;
        Assert.Equal(await ReadAsync(migrated, all), await ReadAsync(made, all));
    }

    [Fact]
    public async Task On_PostgreSQL_the_migrations_make_the_models_tables()
    {
        const string columns = """
            SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS "Value" FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name NOT LIKE 'orleans%' AND table_name <> 'migrations'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'orleans%' AND tablename <> 'migrations'
            """;
        await CompareAsync(StoreDatabase.Postgres(await server.CreateDatabaseAsync(), "a"),
            StoreDatabase.Postgres(await server.CreateDatabaseAsync(), "b"), columns);
    }

    [Fact]
    public async Task A_store_without_its_tables_is_refused_with_the_command_that_makes_them()
    {
        await using var services = Services(StoreDatabase.Postgres(await server.CreateDatabaseAsync(), "a"));

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(services.GetRequiredService<SweepStore>().Schema.CheckSchemaAsync);

        Assert.Contains("run 'sweep db migrate'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Username", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_is_at_rest_when_a_silo_that_starts_would_leave_it_as_it_is()
    {
        await using var services = Services(StoreDatabase.Sqlite(Path.Combine(_folder, "store.db")));
        var store = services.GetRequiredService<SweepStore>();
        Assert.False(await store.Sweeps.IsAtRestAsync());
        await store.Schema.MigrateAsync();
        Assert.True(await store.Sweeps.IsAtRestAsync());

        var plan = SweepStoreTests.Plan("""{"name": "moving", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""");
        var id = JobIdentity.Of(plan);
        await store.Submissions.CreateAsync(id, plan, new SubmitOptions());
        Assert.False(await store.Sweeps.IsAtRestAsync());
        await store.Sweeps.MarkInterruptedAsync();
        Assert.True(await store.Sweeps.IsAtRestAsync());
        await store.Sweeps.SetStateAsync(id, SweepState.Paused);
        Assert.True(await store.Sweeps.IsAtRestAsync());
        await store.Jobs.MoveJobsAsync(id, [JobState.Queued], JobState.Running);
        Assert.False(await store.Sweeps.IsAtRestAsync());
        await store.Jobs.MoveJobsAsync(id, [JobState.Running], JobState.Cancelled);
        Assert.False(await store.Sweeps.IsAtRestAsync());
        await store.Sweeps.SetStateAsync(id, SweepState.Cancelled);
        Assert.True(await store.Sweeps.IsAtRestAsync());

        await using var db = await services.GetRequiredService<IDbContextFactory<SweepDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(db.Database.GetMigrations(), Migrations.Migrated.Ids);
        await db.Database.ExecuteSqlRawAsync("INSERT INTO migrations VALUES ('999_future', '1')", TestContext.Current.CancellationToken);
        Assert.False(await store.Sweeps.IsAtRestAsync());
    }

    [Fact]
    public async Task A_store_of_another_version_and_a_damaged_one_are_refused_in_the_users_words()
    {
        var file = Path.Combine(_folder, "store.db");
        await using var services = Services(StoreDatabase.Sqlite(file));
        var store = services.GetRequiredService<SweepStore>();
        await store.Schema.MigrateAsync();
        await using (var db = await services.GetRequiredService<IDbContextFactory<SweepDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken))
            await db.Database.ExecuteSqlRawAsync("INSERT INTO migrations VALUES ('999_future', '1')",
                TestContext.Current.CancellationToken);
        var newer = await Assert.ThrowsAsync<InvalidInputException>(store.Schema.CheckSchemaAsync);
        Assert.Contains("was upgraded by a newer program (999_future)", newer.Message, StringComparison.Ordinal);

        SqliteConnection.ClearAllPools();
        File.Delete(file + "-wal");
        await File.WriteAllTextAsync(file, new string('x', 8192), TestContext.Current.CancellationToken);
        var damaged = await Assert.ThrowsAsync<StoreException>(store.Schema.MigrateAsync);
        Assert.StartsWith($"the store {file} is damaged; restore it from a backup", damaged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a;b")]
    [InlineData("a=b;Mode=ReadOnly")]
    [InlineData("it's \"quoted\"")]
    [InlineData("100 %20?x=1&y#z")]
    [InlineData("|DataDirectory|ü—日本")]
    public async Task A_file_may_have_any_name_that_the_file_system_takes(string name)
    {
        var file = Path.Combine(_folder, name, "store.db");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var database = StoreDatabase.Sqlite(file);
        await using var services = Services(database);

        await services.GetRequiredService<SweepStore>().Schema.MigrateAsync();

        Assert.True(File.Exists(file));
        Assert.Equal(file, $"{database}");
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_passing_fault_and_no_password_is_shown()
    {
        await using var services = Services(StoreDatabase.Postgres("Host=127.0.0.1;Port=1;Database=d;Username=u;Password=secret", "a"));

        var fault = await Assert.ThrowsAsync<StoreException>(() => services.GetRequiredService<SweepStore>().Sweeps.ListAsync(0, 1));

        Assert.True(fault.IsTransient);
        Assert.StartsWith("the store's database does not answer", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }

    private static ServiceProvider Services(StoreDatabase database) => new ServiceCollection().AddStore(database).BuildServiceProvider();

    private static async Task CompareAsync(StoreDatabase migrated, StoreDatabase modelled, string query)
    {
        await using var left = Services(migrated);
        await left.GetRequiredService<SweepStore>().Schema.MigrateAsync();
        await using var right = Services(modelled);
        await using (var db = await right.GetRequiredService<IDbContextFactory<SweepDbContext>>().CreateDbContextAsync())
            await db.Database.EnsureCreatedAsync();

        var (expected, found) = (await ReadAsync(right, query), await ReadAsync(left, query));
        Assert.NotEmpty(expected);
        Assert.Equal(expected, found);
    }

    private static async Task<List<string>> ReadAsync(ServiceProvider services, string query)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<SweepDbContext>>().CreateDbContextAsync();
        return [.. (await db.Database.SqlQueryRaw<string>(query).ToListAsync()).Order(StringComparer.Ordinal)];
    }
}
