using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>A combination of hyperparameters on one data set, with its validation accuracy.</summary>
/// <param name="Label">The arm's label, as in <see cref="SeedGroup{T}"/>.</param>
/// <param name="Validation">The mean validation accuracy over the finished seeds, in percent.</param>
/// <param name="Seeds">The number of finished seeds.</param>
/// <param name="Values">The value on each axis of the table, in the order of the axes; null if the method does not have the
/// setting.</param>
public sealed record Trial(string Label, double Validation, int Seeds, string?[] Values);

/// <summary>The trials of a sweep on one data set and the settings in which they differ, for a parallel coordinates plot.</summary>
/// <param name="Axes">The names of the settings that have several values, such as "method" or "learningRate".</param>
/// <param name="Trials">The trials with at least one finished job, best validation accuracy first.</param>
public sealed record TrialTable(string[] Axes, Trial[] Trials)
{
    /// <summary>Returns the trials of a data set.</summary>
    /// <param name="runs">The jobs of a sweep.</param>
    /// <param name="dataset">The data set's name. Jobs that use only its base or new classes are separate trials.</param>
    public static TrialTable Of(IEnumerable<JobRun> runs, string dataset)
    {
        // Evaluating the same prompts on more targets is not a separate trial.
        var groups = SeedGroups.Of(runs.Where(run => run.Definition.Dataset.Name == dataset && run.Result is { ValidationTotal: > 0 }),
            run => run.Definition with { Evaluate = null });
        var paths = RunParameters.Differing(groups.Select(group => group.Parameters));
        return new TrialTable(RunParameters.ShortNames(paths),
        [
            .. groups.Select(group => new Trial(group.Label, group.Jobs.Average(Validation), group.Jobs.Length,
                Array.ConvertAll(paths, path => Array.Find(group.Parameters, parameter => parameter.Name == path)?.Text)))
                .OrderByDescending(trial => trial.Validation),
        ]);
    }

    private static double Validation(JobRun run) => Accuracy.Percent(run.Result!.ValidationCorrect, run.Result.ValidationTotal);
}
