using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds the state that a queue restores after it has moved to another silo: which paused sweeps stop at once, and which silos are
/// quarantined.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("012_moves")]
internal sealed class M012Moves : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<bool>("stops", "sweeps", defaultValue: false);
        migrationBuilder.CreateTable(
            "quarantines",
            t => new
            {
                cluster = t.Column<string>(),
                pool = t.Column<string>(),
                silo = t.Column<string>(),
                until_ms = t.Column<long>(),
                times = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("pk_quarantines", q => new { q.cluster, q.pool, q.silo }));
    }
}
