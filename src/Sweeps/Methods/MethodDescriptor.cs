using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>
/// What everything but the trainer must know of a method: how specs write it, what it runs with, what it costs and how it is planned. A
/// method is a class that derives from this one; nothing else names it. A trained method derives from
/// <see cref="MethodDescriptor{TSettings}"/>.
/// </summary>
public abstract class MethodDescriptor
{
    /// <summary>The name in specs, results and job ids: lower-case letters, digits and hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>The name in tables.</summary>
    public abstract string Title { get; }

    /// <summary>The method in a line of docs/methods.md.</summary>
    public abstract MethodSummary Summary { get; }

    /// <summary>Its place in lists, small numbers first. Default: after the methods that come with AdaptCluster, by name.</summary>
    public virtual int Order => int.MaxValue;

    /// <summary>Whether it trains. One that does not has no settings. Default: true.</summary>
    public virtual bool IsTrained => true;

    /// <summary>Whether what it has trained applies to classes that it was not trained with. Default: true.</summary>
    public virtual bool ClassifiesNewClasses => true;

    /// <summary>
    /// How it trains where a spec says nothing, beside its own settings: the configuration that its public code runs with. Default: what
    /// <see cref="TrainSettings"/> begins with.
    /// </summary>
    public virtual TrainSettings Preset => new();

    /// <summary>Where the preset is from, as docs/methods.md says it.</summary>
    public virtual string PresetSource => "";

    /// <summary>The record of its own settings, which specs write under its name; null where it has none.</summary>
    public virtual Type? SettingsType => null;

    /// <summary>Settings that specs write into the arm itself. They are parts of a job's definition, so only Adapt has some.</summary>
    public virtual IReadOnlyList<SpecKey> Keys => [];

    /// <summary>
    /// The axis whose jobs share their beginning, and part where they begin to differ; null where there is none. Default: null.
    /// </summary>
    public virtual string? ForkAxis => null;

    /// <summary>Its own settings, each with its range and default.</summary>
    public IReadOnlyList<SettingInfo> Settings => SettingsType is { } type ? SettingInfo.Of(type) : [];

    /// <summary>
    /// The values of an adaptive axis, those first that are preferred where validation accuracy is equal. Default: as the spec gives them.
    /// </summary>
    /// <param name="axis">The setting.</param>
    /// <param name="values">Its values as the spec gives them.</param>
    public virtual IEnumerable<JsonNode?> ByPreference(string axis, IEnumerable<JsonNode?> values) => values;

    /// <summary>What a row's label says first behind the arm's name. Default: nothing.</summary>
    /// <param name="arm">The arm, one value for each setting on an axis.</param>
    /// <param name="grid">Names of the settings with several values, a row each.</param>
    /// <param name="chosen">Names of the settings that each data set chooses.</param>
    public virtual IEnumerable<string> LeadingDetails(
        JsonObject arm, IReadOnlyCollection<string> grid, IReadOnlyCollection<string> chosen) => [];

    /// <summary>One combination of an arm's settings. Default: what <see cref="Keys"/> write is nothing.</summary>
    /// <param name="values">Of the settings that are chosen.</param>
    /// <param name="arm">The arm, one value for each setting.</param>
    /// <param name="train">How its jobs train; null without training.</param>
    public virtual ArmChoice Choice(AxisValues values, JsonObject arm, TrainSettings? train) => new(values, null, null, train);

    /// <summary>
    /// Epochs for methods whose public code trains longer with more shots; a spec that gives epochs is not asked. Default: null, the
    /// preset's.
    /// </summary>
    /// <param name="shots">Training images per class.</param>
    /// <param name="dataset">The data set. One of the user's own that is called "imagenet" is not ImageNet.</param>
    public virtual int? EpochsByShots(int shots, DatasetSource dataset) => null;

    /// <summary>Tokens that are put in front of a class's name, so that the plan can refuse what is too long. Default: 0.</summary>
    /// <param name="train">How the jobs train.</param>
    public virtual int ContextLength(TrainSettings train) => 0;

    /// <summary>The setting that bounds how far the trainer counts iterations, with its epochs. Default: "epochs".</summary>
    /// <param name="train">How the jobs train.</param>
    public virtual (string Setting, int Epochs) Longest(TrainSettings train) => ("epochs", train.Epochs);

    /// <summary>
    /// Brings settings that depend on each other together, or refuses them; called once for each combination and data set. Default: leaves
    /// them as they are.
    /// </summary>
    /// <param name="train">The settings.</param>
    /// <param name="plan">The combination, and whom to warn.</param>
    /// <exception cref="InvalidInputException">They cannot be met; made by <see cref="CellPlan.Refused"/>.</exception>
    public virtual TrainSettings Fit(TrainSettings train, CellPlan plan) => train;

    /// <summary>
    /// Iterations at the beginning that a job shares with the job that differs from it in <see cref="ForkAxis"/> and goes furthest.
    /// Default: 0.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="backbone">Its backbone.</param>
    /// <param name="iterations">Its iterations.</param>
    public virtual int SharedIterations(JobDefinition job, BackboneFacts backbone, int iterations) => 0;

    /// <summary>Multiply-adds of one iteration. Default: the images forwards, and all texts forwards and back.</summary>
    /// <param name="work">What a job passes through the towers.</param>
    public virtual double StepCost(JobWork work) => (work.Batch * work.Image) + (JobWork.Trained * work.Texts);

    /// <summary>Multiply-adds of the texts of the evaluation. Default: each text once.</summary>
    /// <param name="work">What a job passes through the towers.</param>
    public virtual double EvaluationCost(JobWork work) => work.Texts;

    /// <summary>The preset as a spec would write it, its own settings included.</summary>
    internal JsonObject PresetJson() => ToJson(Preset);

    /// <summary>Settings as a spec would write them: those of all methods by their names, its own under <see cref="Name"/>.</summary>
    /// <param name="train">Settings of this method.</param>
    internal virtual JsonObject ToJson(TrainSettings train) => JsonSerializer.SerializeToNode(train, AdaptClusterJson.Compact)!.AsObject();

    /// <summary>Reads settings as a spec writes them.</summary>
    /// <param name="settings">Common ones, and its own under <see cref="Name"/>; those of other methods have been removed.</param>
    internal virtual TrainSettings FromJson(JsonObject settings) => settings.Deserialize<TrainSettings>(AdaptClusterJson.Compact)!;
}

/// <summary>A method in the table of docs/methods.md.</summary>
/// <param name="Trains">What it trains.</param>
/// <param name="Parameters">Trained parameters at ViT-B/16.</param>
/// <param name="Images">How often images pass their tower.</param>
/// <param name="Texts">How often texts pass theirs.</param>
public sealed record MethodSummary(string Trains, string Parameters, string Images, string Texts);

/// <summary>A setting of a method that specs write into the arm itself.</summary>
/// <param name="Name">The key.</param>
/// <param name="Schema">The JSON Schema of one value.</param>
/// <param name="Missing">What to write where the arm lacks it; null where it may be left out.</param>
public sealed record SpecKey(string Name, JsonObject Schema, string? Missing = null)
{
    /// <summary>What the schema says of the key in an arm, beside the value's own description.</summary>
    public string? Description { get; init; }
}
