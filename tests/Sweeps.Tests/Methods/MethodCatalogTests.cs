using System.ComponentModel;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Tests.Methods;

/// <summary>What a laboratory's methods may not be called, and what they may not lose.</summary>
public sealed class MethodCatalogTests
{
    [Theory]
    [InlineData("scorer", "method 'scorer'", "a setting already has this name")]
    [InlineData("epochs", "method 'epochs'", "a setting already has this name")]
    [InlineData("Own One", "method 'Own One'", "a name may contain only lower-case letters")]
    [InlineData("adapt", "method 'adapt'", " already has this name")]
    public void A_name_that_means_something_else_in_a_spec_is_refused(string name, string which, string why)
    {
        var refused = Assert.Throws<InvalidInputException>(() => With(new Named<Plain>(name)));

        Assert.Contains(which, refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_is_named_as_one_of_all_methods_or_of_the_arm_is_refused_since_an_axis_is_named_by_it_alone()
    {
        (MethodDescriptor, string)[] cases = [(new Named<Common>("own-a"), "epochs"), (new Named<OfArm>("own-b"), "scorer")];
        foreach (var (method, setting) in cases)
        {
            var refused = Assert.Throws<InvalidInputException>(() => With(method));
            Assert.Contains($"its setting '{setting}' has a name that is already used in specs", refused.Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_job_that_an_older_silo_has_passed_on_without_its_settings_is_refused_and_not_run_with_defaults()
    {
        var train = MethodSettings.With(new TrainSettings(), new Plain { Strength = 3 });
        Assert.Equal(3, MethodSettings.Of<Plain>(train).Strength);

        var refused = Assert.Throws<InvalidInputException>(() => MethodSettings.Of<Plain>(train with { Own = null }));

        Assert.Contains("The job's settings (Plain) were lost", refused.Message, StringComparison.Ordinal);
    }

    private static MethodCatalog With(MethodDescriptor method) => new([.. KnownMethods.All.All, method], KnownMethods.All.Formats);

    private sealed class Named<TSettings>(string name) : MethodDescriptor<TSettings> where TSettings : class, new()
    {
        public override string Name => name;

        public override string Title => name;

        public override MethodSummary Summary => new("nothing", "0", "frozen", "frozen");
    }

    private sealed record Plain
    {
        [Description("How much.")]
        [System.ComponentModel.DataAnnotations.Range(0.0, 10.0)]
        public double Strength { get; init; } = 1;
    }

    private sealed record Common
    {
        [Description("How long.")]
        [System.ComponentModel.DataAnnotations.Range(1, 10)]
        public int Epochs { get; init; } = 1;
    }

    private sealed record OfArm
    {
        [Description("How much.")]
        [System.ComponentModel.DataAnnotations.Range(0.0, 10.0)]
        public double Scorer { get; init; } = 1;
    }
}
