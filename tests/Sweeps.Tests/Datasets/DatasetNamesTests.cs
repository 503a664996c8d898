using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Tests.Datasets;

public sealed class DatasetNamesTests
{
    /// <summary>The names of CoOp's configs, and those of its classes, against ours.</summary>
    [Theory]
    [InlineData("caltech101", "caltech101", "Caltech101")]
    [InlineData("dtd", "dtd", "DescribableTextures")]
    [InlineData("eurosat", "eurosat", "EuroSAT")]
    [InlineData("fgvc-aircraft", "fgvc_aircraft", "FGVCAircraft")]
    [InlineData("food101", "food101", "Food101")]
    [InlineData("imagenet", "imagenet", "ImageNet")]
    [InlineData("oxford-flowers", "oxford_flowers", "OxfordFlowers")]
    [InlineData("oxford-pets", "oxford_pets", "OxfordPets")]
    [InlineData("stanford-cars", "stanford_cars", "StanfordCars")]
    [InlineData("sun397", "sun397", "SUN397")]
    [InlineData("ucf101", "ucf101", "UCF101")]
    public void CoOps_spellings_are_other_names_of_ours(string ours, params string[] theirs)
    {
        var expected = KnownMethods.Parse(Spec($"\"{ours}\"")).Datasets;
        foreach (var name in theirs)
        {
            Assert.Equal(expected, KnownMethods.Parse(Spec($"\"{name}\"")).Datasets);
            Assert.Equal(ours, KnownMethods.Parse(Spec($$"""{"name": "{{name}}", "template": "a {}."}""")).Datasets[0].Name);
        }
    }

    [Fact]
    public void The_family_is_whole() => Assert.Equal(11, KnownMethods.All.Formats.KnownFiles.Count());

    [Fact]
    public void A_data_set_of_ones_own_keeps_its_name() => Assert.Equal(new DatasetSource
    {
        Name = "OxfordPets",
        Format = "folder",
        Path = "OxfordPets",
    }, KnownMethods.Parse(Spec("""{"name": "OxfordPets", "format": "folder"}""")).Datasets[0]);

    [Fact]
    public void What_jobs_are_evaluated_on_may_be_spelled_so_too() => Assert.Equal(
        ["oxford-pets", "dtd", "imagenet-v2", "imagenet-a"],
        KnownMethods.Parse("""
            {"datasets": ["oxford_pets"], "arms": [{"method": "zero-shot"}],
             "evaluate": ["OxfordPets", {"name": "DescribableTextures"}, "ImageNetV2", "imagenet_adversarial"]}
            """).Evaluate.Select(target => target.Name));

    [Fact]
    public void Two_spellings_of_one_data_set_stand_in_the_list_twice() => Assert.Equal(
        "spec.json: $.datasets[1]: data set 'oxford-pets' is listed twice; list it once.",
        Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(Spec("\"oxford-pets\", \"OxfordPets\""))).Message);

    [Theory]
    [InlineData("oxford-pest", "is unknown; did you mean 'oxford-pets'? For your own data set, write ")]
    [InlineData("tiny-kids", "is unknown; did you mean 'tiny-kinds'? For your own data set, write ")]
    [InlineData("zebra", "is unknown; known: tiny-objects, ")]
    public void An_unknown_name_is_answered_with_the_nearest_else_with_all(string name, string expected)
    {
        var formats = KnownMethods.All.Formats;
        var refusal = Assert.Throws<InvalidInputException>(() => formats.Of(new() { Name = name, Format = formats.OfName(name).Name }));

        Assert.StartsWith($"data set '{name}' {expected}", refusal.Message, StringComparison.Ordinal);
    }

    private static string Spec(string datasets) => $$"""{"datasets": [{{datasets}}], "arms": [{"method": "zero-shot"}]}""";
}
