using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The format of each sweep's plan (<see cref="StoredPlan.Format"/>). Existing plans, and those of silos of the previous version, have 1.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("010_plan_format")]
internal sealed class M010PlanFormat : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<int>("plan_format", "sweeps", defaultValue: 1);
}
