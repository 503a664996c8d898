using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>Adds the MACs that hook-based counters report, and a flag for anomalies during a job's training.</summary>
[DbContext(typeof(SweepDbContext)), Migration("004_checks")]
internal sealed class M004Checks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("hook_multiply_adds", "jobs", nullable: true);
        migrationBuilder.AddColumn<int>("flags", "jobs", defaultValue: 0);
    }
}
