using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Tests.Specs;

/// <summary>The arms that keep their own value when a setting of the whole spec is changed.</summary>
public sealed class OverriddenSettingTests
{
    [Fact]
    public void An_arm_with_its_own_value_of_a_train_key_is_named_by_its_label_or_method() =>
        Assert.Equal(["train.learningRate: mine, adapt", "train.epochs: adapt"], Of("""
            {"datasets": ["dtd"], "train": {"learningRate": 0.01, "epochs": 5, "momentum": 0.8}, "arms": [
                {"method": "coop", "label": "mine", "learningRate": 0.002}, {"method": "kgcoop"},
                {"method": "adapt", "tTarget": 64, "epochs": 9, "learningRate": 0.01}]}
            """));

    [Fact]
    public void Settings_of_a_method_are_overridden_one_by_one() =>
        Assert.Equal(["train.adapt.prunePeriod: adapt"], Of("""
            {"datasets": ["dtd"], "train": {"adapt": {"prunePeriod": 40, "pruneRate": 2}}, "arms": [
                {"method": "adapt", "tTarget": 64, "adapt": {"prunePeriod": 80, "promptDepth": 4}}]}
            """));

    [Fact]
    public void Shots_and_the_backbone_of_the_spec_can_be_overridden_too() =>
        Assert.Equal(["shots: coop"], Of("""
            {"datasets": ["dtd"], "shots": 16, "arms": [{"method": "coop", "shots": [1, 4]}, {"method": "maple"}]}
            """));

    [Fact]
    public void Arms_with_the_same_name_are_told_apart_by_their_place() =>
        Assert.Equal(["train.epochs: coop (arms[1])"], Of("""
            {"datasets": ["dtd"], "train": {"epochs": 5}, "arms": [{"method": "coop"}, {"method": "coop", "epochs": 9}]}
            """));

    [Fact]
    public void A_spec_without_shared_settings_has_none_to_override() =>
        Assert.Empty(Of("""{"datasets": ["dtd"], "arms": [{"method": "coop", "epochs": 9, "shots": 4}]}"""));

    private static string[] Of(string spec) =>
        Array.ConvertAll(OverriddenSetting.Of(spec), setting => $"{setting.Key}: {string.Join(", ", setting.Arms)}");
}
