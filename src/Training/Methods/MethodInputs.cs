using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Methods;

/// <summary>Everything needed to create a method.</summary>
/// <param name="Job">The job, with training settings if the method trains.</param>
/// <param name="Model">The backbone.</param>
/// <param name="Tokenizer">The backbone's tokenizer.</param>
/// <param name="Data">The few-shot split, with class names and template.</param>
/// <param name="Texts">The full class texts; the runner keeps ownership.</param>
/// <param name="IterationsPerEpoch">The number of iterations in one epoch; 0 if the method does not train.</param>
public sealed record MethodInputs(
    JobDefinition Job, IBackbone Model, ITokenizer Tokenizer, FewShotData Data, PreparedTexts Texts, int IterationsPerEpoch)
{
    /// <summary>The job's training settings.</summary>
    public TrainSettings Train => Job.Train!;

    /// <summary>The source of the trained tensors' initial values.</summary>
    public InitialTensors Initial => new(Job.Seed, Model.Device);

    /// <summary>Returns the class texts, split before the class name.</summary>
    /// <param name="template">The template to use; null for the data set's template.</param>
    public ClassTexts Words(string? template = null) => new(Tokenizer, template ?? Data.Template, Data.ClassNames);

    /// <summary>Throws an exception if a setting is out of range. The spec's schema has the same limits.</summary>
    /// <exception cref="InvalidInputException">The value is out of range.</exception>
    public static void Check(double value, string name, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new InvalidInputException(FormattableString.Invariant($"{name} is {value}; write a number from {low} to {high}."));
    }
}
