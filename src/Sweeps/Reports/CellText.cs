using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Numbers of a table as people read them, the same wherever they stand.</summary>
public static class CellText
{
    /// <summary>
    /// Such as "79.30 ± 1.25"; "[T=24]" behind an adaptive cell, "!" behind one that looks wrong, "(2 runs so far)" behind an incomplete
    /// one.
    /// </summary>
    public static string Of(ResultRow row, ResultCell cell)
    {
        var text = Number(cell.Test.Mean, "F2");
        if (cell.Test.Std is { } std) text += string.Create(CultureInfo.InvariantCulture, $" ± {std:F2}");
        if (row.Adaptive && cell.TTarget is { } target) text += $" [T={target}]";
        if (cell.Flags.Length > 0) text += " !";
        if (!cell.Complete && cell.Test.Runs.Length > 0) text += $" ({CountText.Of(cell.Test.Runs.Length, "run")} so far)";
        return text;
    }

    /// <summary>A number, "-" where there is none.</summary>
    public static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    /// <summary>Such as "3 of version 1, 1 of version 2"; "-" where there is none.</summary>
    public static string Trainers(IReadOnlyDictionary<int, int> workersByTrainer) => workersByTrainer.Count == 0
        ? "-"
        : string.Join(", ", workersByTrainer.OrderBy(pair => pair.Key)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} of version {pair.Key}")));

    /// <summary>A difference with its sign, such as "+1.20".</summary>
    public static string Difference(double? value) => Number(value, "+0.00;-0.00;0.00");

    /// <summary>Such as "82,227 (0.066 %)", the percentage that of the backbone.</summary>
    public static string Parameters(ResultRow row) =>
        Number(row.TrainableParameters, "N0") + (row.TrainablePercent is > 0 ? $" ({Number(row.TrainablePercent, "0.###")} %)" : "");

    /// <summary>Such as "2:25" or "31:02:25".</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}")
            : time.ToString("m\\:ss", CultureInfo.InvariantCulture);
}
