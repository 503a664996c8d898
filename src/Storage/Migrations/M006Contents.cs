using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Prompts stored once by the hash of their content, and the rows that refer to them. The table <c>artifacts</c>, which held a copy for
/// each job, stays as it is: a silo of the version before that runs beside new ones during an upgrade inserts there and reads there as
/// ever. What it inserts is moved by <see cref="SweepStore"/> after each migration and before each submission that looks into the cache;
/// what it answers from the cache after that has no row of its own, and is found under the job that it took over. Rows are moved outside
/// this migration, some at a time, so that no transaction is as large as the store. <see cref="SweepRemoval"/>
/// deletes rows, and then the contents that no other row refers to.
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
        // Prompts are floats that no compression shortens, so trying costs time only.
        if (migrationBuilder.ActiveProvider == StoreDatabase.PostgresProvider)
            migrationBuilder.Sql("ALTER TABLE contents ALTER COLUMN content SET STORAGE EXTERNAL");
    }
}
