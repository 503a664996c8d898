using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep plot ID</c>.</summary>
internal static class PlotCommand
{
    private static readonly string[] Kinds = ["table", "average", "t-target", "curve", "context-length", "masks"];

    public static Command Create()
    {
        var (id, cluster, json) = (CommonOptions.SweepId(), CommonOptions.Cluster(), CommonOptions.Json());
        var kind = new Option<string>(
            "--kind")
        {
            Description =
            "table (heat map), average (bars), t-target (accuracy over T_target), curve (accuracy over another setting), context-length "
            + "(tokens over epochs, of one job) or masks (which tokens lived, of one job).",
            Required = true
        }.OneOf(Kinds);
        var file = new Option<string>("--out") { Description = "The file to write; its name ends in .png or .svg.", Required = true };
        var job = new Option<string?>("--job")
        {
            Description = "The job of context-length and masks: its id, or an unambiguous prefix of it.",
            CompletionSources = { KnownIds.Jobs },
        };
        var dataset = new Option<string?>("--dataset") { Description = "For t-target and curve: this data set alone." };
        var axis = new Option<string?>("--axis")
        {
            Description = "For curve: the setting, such as learningRate, of which the sweep trains several numbers.",
        };
        var steps = CheckedOptions.WholeNumbers("--step",
            "For masks: the masks after this prune step (0: before the first) instead of each token's life; may be given several times.",
            least: 0);
        var size = new Option<string?>("--size") { Description = "Pixels, such as 1600x900; the figure's own size unless told." };
        size.Validators.Add(result =>
            {
                if (result.GetValue(size) is { } text && Size(text) is null) result.AddError(
                $"--size: found '{text}'; write width x height in pixels, 100 to {Figure.MaxSide}, such as 1600x900");
            });
        var force = new Option<bool>("--force") { Description = "Replace the file where it is there already." };
        var command = new Command("plot", "Draws a figure of a sweep for a paper, as PNG or SVG.") { id, kind, file,
            job, dataset, axis, steps,
            size, force, cluster, json };
        command.SetAction((parsed, cancellation) =>
        {
            // Refused before a silo is asked.
            var (name, chosen) = (parsed.GetValue(file)!, parsed.GetValue(kind)!);
            if (name.Length == 0) throw new InvalidInputException("--out: found an empty text; write the name of a .png or .svg file.");
            Figure.IsSvg(name);
            Only(parsed.GetValue(job) is not null, "--job", "context-length", "masks");
            Only(parsed.GetValue(dataset) is not null, "--dataset", "t-target", "curve");
            Only(parsed.GetValue(axis) is not null, "--axis", "curve");
            Only(parsed.GetValue(steps) is { Length: > 0 }, "--step", "masks");
            void Only(bool given, string option, params string[] kinds)
            {
                if (given && !kinds.Contains(chosen))
                    throw new InvalidInputException(
                        $"{option}: is for --kind {string.Join(" and ", kinds)}, and this is {chosen}; leave it out.");
            }
            return CommonOptions.ReadSweepAsync(parsed.GetValue(cluster), parsed.GetValue(id)!, async (reads, sweep) =>
            {
                var figure = chosen switch
                {
                    "table" => TablePlot.Draw(await reads.ResultsAsync(sweep)),
                    "average" => AveragePlot.Draw(await reads.ResultsAsync(sweep)),
                    "t-target" => TargetPlot.Draw(await reads.CurvesAsync(sweep), parsed.GetValue(dataset)),
                    "curve" => Curve(await reads.CurvesAsync(sweep), parsed.GetValue(dataset), parsed.GetValue(axis)),
                    "context-length" => ContextLengthPlot.Draw(await HistoryAsync(reads, sweep, parsed.GetValue(job), chosen)),
                    _ when parsed.GetValue(steps) is { Length: > 0 } some =>
                        MaskPlot.DrawSteps(await HistoryAsync(reads, sweep, parsed.GetValue(job), chosen), some),
                    _ => MaskPlot.DrawLives(await HistoryAsync(reads, sweep, parsed.GetValue(job), chosen)),
                };
                var (width, height) = figure.Save(name, parsed.GetValue(size) is { } text ? Size(text) : null, parsed.GetValue(force));
                await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(new { Sweep = sweep.Value, Kind = chosen, File = name, Width = width, Height = height },
                        AdaptClusterJson.Indented)
                    : $"{name}: {width} × {height} pixels");
                return SweepCommand.Success;
            }, cancellation);
        });
        return command;
    }

    private static Figure Curve(TargetCurve[] curves, string? dataset, string? axis)
    {
        var axes = curves.Select(curve => curve.Axis).Distinct().ToArray();
        if (axis is null && axes.Length > 1)
            throw new InvalidInputException($"--kind curve: write --axis with one of {string.Join(", ", axes)}.");
        return TargetPlot.Draw(curves, dataset, axis ?? axes.FirstOrDefault(AxisValues.TTarget));
    }

    private static async Task<JobHistory> HistoryAsync(ISweepReads reads, SweepId sweep, string? job, string kind)
    {
        if (job is not null) return await reads.HistoryAsync(sweep, job);
        var some = await reads.JobsAsync(sweep, new JobQuery { Count = 1, Pruning = true });
        throw new InvalidInputException($"--kind {kind}: draws one job; write --job with its id" + (some.Jobs is [var first]
            ? $", such as {first.Status.Id} ({first.Status.Description}); 'sweep results {sweep} --runs' lists them all."
            : "; this sweep has none that removes context tokens."));
    }

    private static (int Width, int Height)? Size(string text) =>
        text.Split('x') is [var w, var h] && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && Math.Min(width, height) >= 100 && Math.Max(width, height) <= Figure.MaxSide ? (width, height) : null;
}
