using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Sweeps.Tests.Methods;

/// <summary>What is written of methods and data sets elsewhere is what their classes say.</summary>
public sealed class GeneratedTests
{
    private const string Page = "docs/users/methods.md";

    [Fact]
    public void The_published_schema_is_the_one_that_specs_are_checked_by() =>
        GeneratedFile.Check("schema/sweep.schema.json", KnownMethods.All.Schema.Text);

    [Fact]
    public void The_page_of_data_sets_has_the_table_of_the_CoOp_family() =>
        GeneratedFile.CheckPart("docs/users/datasets.md", "coop", CoOpTable.Text());

    [Fact]
    public void The_page_of_methods_has_their_tables_and_the_code_of_the_example()
    {
        GeneratedFile.CheckPart(Page, "summaries", MethodTables.Summaries(KnownMethods.All));
        GeneratedFile.CheckPart(Page, "presets", MethodTables.Presets(KnownMethods.All));
        GeneratedFile.CheckPart(Page, "settings", MethodTables.Settings(KnownMethods.All));
        foreach (var file in (string[])["ShiftSettings.cs", "ShiftDescriptor.cs", "ShiftMethod.cs"])
            GeneratedFile.CheckPart(Page, file, $"```csharp\n{File.ReadAllText(Repository.At("examples/methods/Shift", file))}```\n");
    }
}
