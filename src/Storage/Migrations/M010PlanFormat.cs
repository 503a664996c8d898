using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The format of each sweep's plan; see <see cref="StoredPlan.Format"/>. All that were written before have 1, as have those of silos of the
/// version before.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("010_plan_format")]
internal sealed class M010PlanFormat : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<int>("plan_format", "sweeps", defaultValue: 1);
}
