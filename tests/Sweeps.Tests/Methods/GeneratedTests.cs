namespace AdaptCluster.Sweeps.Tests.Methods;

/// <summary>What is written of the methods elsewhere is what their descriptors say.</summary>
public sealed class GeneratedTests
{
    [Fact]
    public void The_published_schema_is_the_one_that_specs_are_checked_by() =>
        GeneratedFile.Check("schema/sweep.schema.json", KnownMethods.All.Schema.Text);
}
