using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Methods.Adapt.Scorers;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

/// <summary>What docs/users/methods.md says of the scorers is what they say themselves.</summary>
public sealed class GeneratedScorerTests
{
    [Fact]
    public void The_page_of_methods_has_the_table_of_scorers() => GeneratedFile.CheckPart("docs/users/methods.md", "scorers",
        MethodTables.Table(
            ["`scorer`", "score of a token", "needs gradients"],
            KnownScorers.All.Select(scorer => (string[])[$"`{scorer.Name}`", scorer.Meaning, scorer.NeedsGradients ? "yes" : "no"])));
}
