using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>
/// Describes a method to all code outside the trainer: how it is written in specs, its default settings, its cost and how it is planned. A
/// new method is a class derived from this one; no other code refers to a method by name. Trained methods derive from
/// <see cref="MethodDescriptor{TSettings}"/>.
/// </summary>
public abstract class MethodDescriptor
{
    /// <summary>The method's name in specs, results and job ids: lower-case letters, digits and hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>The display name in tables.</summary>
    public abstract string Title { get; }

    /// <summary>The method's row in docs/users/methods.md.</summary>
    public abstract MethodSummary Summary { get; }

    /// <summary>
    /// The sort key of the method in lists; ties are ordered by name. By default, the method comes after all built-in methods.
    /// </summary>
    public virtual int Order => int.MaxValue;

    /// <summary>Whether the method trains. Methods without training have no settings. Default: true.</summary>
    public virtual bool IsTrained => true;

    /// <summary>Whether a trained classifier can be applied to classes that it was not trained on. Default: true.</summary>
    public virtual bool ClassifiesNewClasses => true;

    /// <summary>
    /// The default training settings, taken from the method's public code. Unless overridden, they are the defaults of
    /// <see cref="TrainSettings"/>.
    /// </summary>
    public virtual TrainSettings Preset => new();

    /// <summary>The source of the preset, for docs/users/methods.md.</summary>
    public virtual string PresetSource => "";

    /// <summary>
    /// The type of the method's own settings, which specs contain under the method's name; null if the method has no settings.
    /// </summary>
    public virtual Type? SettingsType => null;

    /// <summary>
    /// The settings that specs place directly in the arm. They are members of <see cref="JobDefinition"/>, so only Adapt has any.
    /// </summary>
    public virtual IReadOnlyList<SpecKey> Keys => [];

    /// <summary>
    /// The axis along which jobs share their first iterations and branch off where they start to differ; null if there is none. Default:
    /// null.
    /// </summary>
    public virtual string? ForkAxis => null;

    /// <summary>The method's own settings, each with its range and default.</summary>
    public IReadOnlyList<SettingInfo> Settings => SettingsType is { } type ? SettingInfo.Of(type) : [];

    /// <summary>
    /// Orders the values of an adaptive axis by preference, which decides ties in validation accuracy. By default, keeps the order of the
    /// spec.
    /// </summary>
    /// <param name="axis">The name of the setting.</param>
    /// <param name="values">The values in the order of the spec.</param>
    public virtual IEnumerable<JsonNode?> ByPreference(string axis, IEnumerable<JsonNode?> values) => values;

    /// <summary>Returns the details that come first after the arm's name in a row's label. By default, none.</summary>
    /// <param name="arm">The arm, with a single value for each setting in <paramref name="grid"/>.</param>
    /// <param name="grid">The names of the settings with several values, where each value has its own row.</param>
    /// <param name="chosen">The names of the adaptive settings.</param>
    public virtual IEnumerable<string> LeadingDetails(
        JsonObject arm, IReadOnlyCollection<string> grid, IReadOnlyCollection<string> chosen) => [];

    /// <summary>Returns one combination of an arm's settings. By default, it contains none of the <see cref="Keys"/>.</summary>
    /// <param name="values">The values of the adaptive settings.</param>
    /// <param name="arm">The arm, with a single value for each setting.</param>
    /// <param name="train">The training settings for the jobs; null for methods without training.</param>
    public virtual ArmChoice Choice(AxisValues values, JsonObject arm, TrainSettings? train) => new(values, null, null, train);

    /// <summary>
    /// Returns the number of epochs for a number of shots, for methods whose public code trains longer with more shots. Not called if the
    /// spec gives the number of epochs. Default: null, which means the preset's number.
    /// </summary>
    /// <param name="shots">The number of training images per class.</param>
    /// <param name="dataset">The data set. A user's own data set named "imagenet" is not treated as ImageNet.</param>
    public virtual int? EpochsByShots(int shots, DatasetSource dataset) => null;

    /// <summary>
    /// Returns the number of tokens before the class name, so that the planner can refuse texts that are too long. Default: 0.
    /// </summary>
    /// <param name="train">The training settings for the jobs.</param>
    public virtual int ContextLength(TrainSettings train) => 0;

    /// <summary>
    /// Returns the number of epochs that the trainer's iteration counter must cover, and the name of the setting that determines it.
    /// Default: "epochs".
    /// </summary>
    /// <param name="train">The training settings for the jobs.</param>
    public virtual (string Setting, int Epochs) Longest(TrainSettings train) => ("epochs", train.Epochs);

    /// <summary>
    /// Adjusts settings that depend on each other, or refuses them. Called once per combination and data set. By default, returns them
    /// unchanged.
    /// </summary>
    /// <param name="train">The settings.</param>
    /// <param name="plan">The combination, used to create warnings and errors.</param>
    /// <exception cref="InvalidInputException">The settings cannot be satisfied; created by <see cref="CellPlan.Refused"/>.</exception>
    public virtual TrainSettings Fit(TrainSettings train, CellPlan plan) => train;

    /// <summary>
    /// Returns the number of initial iterations that a job shares with the trunk of all jobs that differ from it only in
    /// <see cref="ForkAxis"/>. Default: 0.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="backbone">The job's backbone.</param>
    /// <param name="iterations">The job's number of iterations.</param>
    public virtual int SharedIterations(JobDefinition job, BackboneInfo backbone, int iterations) => 0;

    /// <summary>
    /// Returns the number of MACs for one iteration. By default, counts the forward pass of the images, and the forward and backward passes
    /// of all texts.
    /// </summary>
    /// <param name="work">The inputs that the job passes through the towers.</param>
    public virtual double StepCost(JobWork work) => (work.Batch * work.Image) + (JobWork.Trained * work.Texts);

    /// <summary>Returns the number of MACs for the texts during evaluation. By default, counts one forward pass of each text.</summary>
    /// <param name="work">The inputs that the job passes through the towers.</param>
    public virtual double EvaluationCost(JobWork work) => work.Texts;

    /// <summary>Returns the preset as a spec would write it, including the method's own settings.</summary>
    internal JsonObject PresetJson() => ToJson(Preset);

    /// <summary>Converts settings to the JSON of a spec: common settings by name, the method's own under <see cref="Name"/>.</summary>
    /// <param name="train">Settings of this method.</param>
    internal virtual JsonObject ToJson(TrainSettings train) => JsonSerializer.SerializeToNode(train, AdaptClusterJson.Compact)!.AsObject();

    /// <summary>Reads settings from the JSON of a spec.</summary>
    /// <param name="settings">The common settings, and the method's own under <see cref="Name"/>. The settings for other methods must have
    /// been removed.</param>
    internal virtual TrainSettings FromJson(JsonObject settings) => settings.Deserialize<TrainSettings>(AdaptClusterJson.Compact)!;
}

/// <summary>A method's row in the table of docs/users/methods.md.</summary>
/// <param name="Trains">The parameters that the method trains, in words.</param>
/// <param name="Parameters">The number of trained parameters with ViT-B/16.</param>
/// <param name="Images">The frequency of passes through the image tower, in words, such as "per step".</param>
/// <param name="Texts">The frequency of passes through the text tower, in words.</param>
public sealed record MethodSummary(string Trains, string Parameters, string Images, string Texts);

/// <summary>A method's setting that specs place directly in the arm.</summary>
/// <param name="Name">The key.</param>
/// <param name="Schema">The JSON Schema for one value.</param>
/// <param name="Missing">The advice to show if the arm lacks the key; null if the key is optional.</param>
public sealed record SpecKey(string Name, JsonObject Schema, string? Missing = null)
{
    /// <summary>The description of the key in the JSON Schema for arms, in addition to the description of the value.</summary>
    public string? Description { get; init; }
}
