using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Methods;

/// <summary>All that a method is made from.</summary>
/// <param name="Job">The job; where the method trains, its settings are there.</param>
/// <param name="Model">The backbone.</param>
/// <param name="Tokenizer">The backbone's tokenizer.</param>
/// <param name="Data">The few-shot draw: class names and template.</param>
/// <param name="Texts">The classes' whole texts; they stay the runner's.</param>
/// <param name="IterationsPerEpoch">Iterations that one epoch has; 0 without training.</param>
public sealed record MethodInputs(
    JobDefinition Job, IBackbone Model, ITokenizer Tokenizer, FewShotData Data, PreparedTexts Texts, int IterationsPerEpoch)
{
    /// <summary>How the job trains.</summary>
    public TrainSettings Train => Job.Train!;

    /// <summary>First values of trained tensors.</summary>
    public InitialTensors Initial => new(Job.Seed, Model.Device);

    /// <summary>The classes' texts in parts.</summary>
    /// <param name="template">Another template than the data set's.</param>
    public ClassTexts Words(string? template = null) => new(Tokenizer, template ?? Data.Template, Data.ClassNames);

    /// <summary>Refuses a setting that is out of its range, as the schema of the spec does.</summary>
    /// <exception cref="InvalidInputException">It is.</exception>
    public static void Check(double value, string name, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new InvalidInputException(FormattableString.Invariant($"{name} is {value}; a number from {low} to {high} expected."));
    }
}
