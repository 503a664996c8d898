using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Formats the numbers in a table for display, so that all outputs show them in the same way.</summary>
public static class CellText
{
    /// <summary>
    /// Formats a cell, such as "79.30 ± 1.25", or "79.30 ± 1.25 / 80.10 ± 0.90" for both splits. Adaptive cells are followed by the chosen
    /// settings, such as "[T=24]"; cells with anomalies by "!"; and incomplete cells by the number of runs, such as "(2 runs so far)".
    /// </summary>
    public static string Of(ResultRow row, ResultCell cell, AccuracySplit split = AccuracySplit.Test)
    {
        var text = split switch
        {
            AccuracySplit.Test => Of(cell.Test),
            AccuracySplit.Validation => Of(cell.Validation),
            _ => $"{Of(cell.Test)} / {Of(cell.Validation)}",
        };
        if (Chosen(row, cell) is { Length: > 0 } chosen) text += $" [{chosen}]";
        if (cell.Flags.Length > 0) text += " !";
        if (!cell.Complete && cell.Test.Runs.Length > 0) text += $" ({CountText.Of(cell.Test.Runs.Length, "run")} so far)";
        return text;
    }

    /// <summary>Formats an accuracy, such as "79.30 ± 1.25"; "-" if there are no runs.</summary>
    public static string Of(Accuracy accuracy) => Number(accuracy.Mean, "F2")
        + (accuracy.Std is { } std ? string.Create(CultureInfo.InvariantCulture, $" ± {std:F2}") : "");

    /// <summary>Formats a row's average over the data sets.</summary>
    public static string Average(SweepResults results, ResultRow row, AccuracySplit split) => split switch
    {
        AccuracySplit.Test => Number(row.Average, "F2"),
        AccuracySplit.Validation => Number(Validation(results, row), "F2"),
        _ => row.Average is null ? "-" : $"{Number(row.Average, "F2")} / {Number(Validation(results, row), "F2")}",
    };

    /// <summary>Returns the heading for the accuracies that a table shows.</summary>
    public static string Heading(AccuracySplit split) => split switch
    {
        AccuracySplit.Test => "test accuracy",
        AccuracySplit.Validation => "validation accuracy",
        _ => "test / validation accuracy",
    };

    /// <summary>Formats the accuracies of a cell's runs, such as "validation runs: 79.30, 80.10"; "no run yet" if there are none.</summary>
    public static string Runs(ResultCell cell, AccuracySplit split) => split switch
    {
        _ when cell.Test.Runs.Length == 0 => "no run yet",
        AccuracySplit.Test => $"test runs: {Listed(cell.Test)}",
        AccuracySplit.Validation => $"validation runs: {Listed(cell.Validation)}",
        _ => $"test runs: {Listed(cell.Test)}; validation runs: {Listed(cell.Validation)}",
    };

    private static string Listed(Accuracy accuracy) => string.Join(", ", accuracy.Runs.Select(run => Number(run, "F2")));

    /// <summary>Returns the mean validation accuracy over the data sets, in percent; null until every cell is complete.</summary>
    public static double? Validation(SweepResults results, ResultRow row) =>
        row.Average is null ? null : results.Datasets.Average(dataset => row.Cells[dataset].Validation.Mean);

    /// <summary>Formats the settings chosen for a cell, such as "T=24" or "T=24, learningRate=0.01"; empty if nothing was chosen.</summary>
    public static string Chosen(ResultRow row, ResultCell cell)
    {
        // Silos of version 0.1.0 send only the T_target.
        if (cell.Chosen.Count == 0) return row.Adaptive && cell.TTarget is { } target ? $"T={target}" : "";
        return string.Join(", ", cell.Chosen.All.Select(pair =>
            $"{AxisValues.Short(pair.Name)}={AxisValues.Plain(pair.Json)}"));
    }

    /// <summary>Formats a number; "-" for null.</summary>
    public static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    /// <summary>Formats a large number with a suitable unit prefix, such as "13.76 M" or "20.54 G".</summary>
    public static string Amount(double number) => Math.Abs(number) switch
    {
        < 1e3 => Number(number, "0.##"),
        < 1e6 => $"{Number(number / 1e3, "F2")} k",
        < 1e9 => $"{Number(number / 1e6, "F2")} M",
        < 1e12 => $"{Number(number / 1e9, "F2")} G",
        _ => $"{Number(number / 1e12, "F2")} T",
    };

    /// <summary>
    /// Formats the number of workers per trainer version, such as "3 of version 1, 1 of version 2"; "-" if there are none.
    /// </summary>
    public static string Trainers(IReadOnlyDictionary<int, int> workersByTrainer) => workersByTrainer.Count == 0
        ? "-"
        : string.Join(", ", workersByTrainer.OrderBy(pair => pair.Key)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} of version {pair.Key}")));

    /// <summary>Formats a difference with its sign, such as "+1.20".</summary>
    public static string Difference(double? value) => Number(value, "+0.00;-0.00;0.00");

    /// <summary>
    /// Formats a row's number of trainable parameters and its share of the backbone's parameters, such as "82,227 (0.066 %)".
    /// </summary>
    public static string Parameters(ResultRow row) =>
        Number(row.TrainableParameters, "N0") + (row.TrainablePercent is > 0 ? $" ({Number(row.TrainablePercent, "0.###")} %)" : "");

    /// <summary>Formats a job's training time, such as "12.1 s", or "2:25" from one minute on.</summary>
    public static string TrainingTime(TimeSpan time) => time.TotalMinutes < 1 ? $"{Number(time.TotalSeconds, "F1")} s" : Clock(time);

    /// <summary>Formats a duration, such as "2:25" or "31:02:25".</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}")
            : time.ToString("m\\:ss", CultureInfo.InvariantCulture);
}
