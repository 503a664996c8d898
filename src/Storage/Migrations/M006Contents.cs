using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds tables that store each distinct content once, keyed by its hash, with rows that refer to it. The table <c>artifacts</c>, which had
/// one copy per job, is kept: during an upgrade, a silo of the previous version still inserts into it and reads from it.
/// <see cref="SweepStore"/> moves the rows that such a silo inserts, after each migration and before each submission that uses the cache. A
/// job that such a silo completes from the cache later has no row; its file is found through the job whose result it reused. Rows are moved
/// outside this migration in small transactions, so that no transaction is as large as the store. <see cref="SweepRemoval"/> deletes rows,
/// and then the contents that no other row refers to.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("006_contents")]
internal sealed class M006Contents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("contents", t => new
        {
            key = t.Column<string>(),
            size = t.Column<int>(),
            content = t.Column<byte[]>(),
        }, constraints: t => t.PrimaryKey("pk_contents", c => c.key));
        migrationBuilder.CreateTable("job_artifacts", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            name = t.Column<string>(),
            content_key = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("pk_job_artifacts", a => new { a.sweep_id, a.position, a.name }));
        // Prompts are floats that do not compress, so attempting compression would only cost time.
        if (migrationBuilder.ActiveProvider == StoreDatabase.PostgresProvider)
            migrationBuilder.Sql("ALTER TABLE contents ALTER COLUMN content SET STORAGE EXTERNAL");
    }
}
