using System.Text.Json.Nodes;
using AdaptCluster.Training.Methods.Adapt;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

public sealed class ContextLengthTests
{
    [Fact]
    public void The_schema_of_the_spec_allows_just_the_context_lengths_that_the_trainer_takes()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Repository.At("schema", "sweep.schema.json")))!;
        Assert.Equal(AdaptMethod.MaxContextLength, (int)schema["$defs"]!["adapt.maxContextLength"]!["maximum"]!);
    }
}
