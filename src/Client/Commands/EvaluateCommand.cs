using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep evaluate ID</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Connector connector)
    {
        var (id, run) = (CommonOptions.SweepId(connector), new RunLine(connector));
        var all = new Option<bool>("--all") { Description = "Evaluate all jobs of the sweep." };
        var job = CommonOptions.Job(connector);
        (job.Required, job.Description) = (false, "Evaluate only this job: its id, or an unambiguous prefix of it.");
        var on = new Option<string[]>("--on")
        {
            Description = "The data set to evaluate on: its name, \"base\" or \"new\" for one half of the classes, or a "
                + "JSON object as in a spec's \"evaluate\"; may be given several times.",
            Required = true,
        };
        var command = new Command(
            "evaluate", "Evaluates a sweep's trained prompts on other data sets, as a new sweep without training.") { id, all, job, on };
        Option[] options = [run.Cluster, run.Json, .. run.Others];
        foreach (var option in options) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(all) == (parsed.GetValue(job) is not null))
                throw new InvalidInputException("--all and --job: use only one of them.");
            var request = new EvaluationRequest
            {
                Job = parsed.GetValue(job),
                On = parsed.GetValue(on)!,
                Name = run.Name(parsed),
            };
            var (asked, found) = (run.Read(parsed, source: ""), (SweepId?)null);
            return connector.TrainAsync(asked.Cluster, async connection =>
            {
                // The id is resolved once: if another process takes over midway, "latest" would be the new sweep.
                var sweep = found ??= await Connector.FindAsync(connection, parsed.GetValue(id)!);
                return await EvaluateAsync(connection, sweep, request, asked with { Source = $"the spec of {sweep} with --on" },
                    parsed.InvocationConfiguration, cancellation);
            }, cancellation, asked.Web);
        });
        return command;
    }

    private static async Task<int> EvaluateAsync(SweepConnection connection, SweepId sweep, EvaluationRequest request, Submission asked,
        InvocationConfiguration writers, CancellationToken cancellation)
    {
        var spec = await connection.Front.EvaluationSpecAsync(sweep, request);
        var preview = await LongPlan.WaitAsync(
            connection.PlanAsync(spec, asked.Source), asked.Source, writers.Error, TimeProvider.System);
        var refused = preview.Plan.Warnings.Where(warning => warning.Code == Planner.UnseenClasses)
            .Select(warning => warning.Message).Distinct().ToArray();
        if (Array.TrueForAll(preview.Plan.Groups, group => group.Definition.Evaluate is null))
            throw new InvalidInputException($"--on: nothing can be evaluated: {(refused.Length > 0 ? string.Join("; ", refused)
                : "the jobs were already trained and tested on all these data sets")}.");
        if (!asked.Quiet) await WarnAsync(preview, refused, writers.Error);
        return await SubmitCommand.SubmitAsync(connection, spec, asked, writers, cancellation);
    }

    /// <summary>Warns about data sets that cannot be evaluated, and about jobs that must train again.</summary>
    private static async Task WarnAsync(PlanPreview preview, string[] refused, TextWriter error)
    {
        foreach (var message in refused) await error.WriteLineAsync($"{message}.");
        if (preview.Training is > 0 and var training)
            await error.WriteLineAsync($"{CountText.Of(training, "job")} of {preview.Plan.JobCount} must train again: their prompts are "
                + "no longer stored, or come from a different trainer version.");
    }
}
