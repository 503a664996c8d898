using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>One combination of an arm's settings on one data set, during planning.</summary>
/// <param name="Source">The spec, for error messages.</param>
/// <param name="Path">The arm's JSON path.</param>
/// <param name="Choice">The combination of settings.</param>
/// <param name="Backbone">The description of the backbone.</param>
/// <param name="Dataset">The description of the data set.</param>
/// <param name="Warn">An action that adds a warning for the arm, given the warning's code and text.</param>
public sealed record CellPlan(
    SpecSource Source, string Path, ArmChoice Choice, BackboneInfo Backbone, DatasetInfo Dataset, Action<string, string> Warn)
{
    /// <summary>Returns the number of iterations in one epoch.</summary>
    public int EpochIterations(TrainSettings train) => train.IterationsPerEpoch(Dataset.TrainImages);

    /// <summary>Creates the error for settings that cannot be satisfied.</summary>
    /// <param name="key">The key in the arm.</param>
    /// <param name="message">The message: what was found and what to write instead, without a final full stop.</param>
    public InvalidInputException Refused(string key, string message) => Source.Refused($"{Path}.{key}", message);
}
