// Chance, zero-shot, a linear probe and Adapt on the drawn data sets; means over seeds, and what the adaptive row would choose.
// Run: dotnet run -c Release --project bench/Tiny [-- --sets tiny-kinds,tiny-foggy --targets 24,12,6 --seeds 1,2,3 --workers 2 --sheets docs/images]
using System.Collections.Concurrent;
using System.Globalization;
using AdaptCluster.Bench.Tiny;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var options = BenchOptions.Parse(args);
if (options.Sheets is { } sheets)
{
    Directory.CreateDirectory(sheets);
    ContactSheet.WritePretraining(sheets);
    foreach (var set in options.Sets) ContactSheet.WriteSet(set, sheets);
    return;
}

using var model = ClipModel.Load(options.Model, torch.CPU);
var tokenizer = ClipTokenizer.Load(options.Model, model.Config.ContextLength, model.Config.VocabularySize - 2, model.Config.VocabularySize - 1);
var work = options.Sets.SelectMany(set => options.Seeds.Select(seed => (Set: set, Seed: seed))).ToList();
var results = new ConcurrentDictionary<(string Set, int Seed), SetMeasurement>();
Parallel.ForEach(Partitioner.Create(work, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = options.Workers },
    item => results[item] = SetMeasurement.Run(model, tokenizer, item.Set, item.Seed, options));

Console.WriteLine($"| set | classes | chance | zero-shot | probe | {string.Join(" | ", options.Targets.Select(t => $"T = {t}"))} | adaptive | seconds a job |");
Console.WriteLine($"| --- | --- | --- | --- | --- | {string.Concat(options.Targets.Select(_ => "--- | "))}--- | --- |");
var rows = new List<double[]>();
foreach (var set in options.Sets)
{
    var classes = DrawnDatasets.Find(set)!.ClassNames.Count;
    var seeds = options.Seeds.Select(seed => results[(set, seed)]).ToList();
    var tuned = options.Targets.Select((_, t) => (Validation: seeds.Average(s => s.Tuned[t].Validation), Test: seeds.Average(s => s.Tuned[t].Test))).ToList();
    // The best mean validation accuracy; ties: the smaller T_target.
    var chosen = Enumerable.Range(0, tuned.Count).OrderByDescending(t => tuned[t].Validation).ThenBy(t => options.Targets[t]).FirstOrDefault();
    rows.Add([100.0 / classes, seeds.Average(s => s.ZeroShot), seeds.Average(s => s.Probe), .. tuned.Select(t => t.Test), .. tuned.Skip(chosen).Take(1).Select(t => t.Test)]);
    var seconds = seeds.SelectMany(s => s.Tuned).Select(t => t.Duration.TotalSeconds).DefaultIfEmpty().Average();
    var spread = string.Join("/", options.Targets.Select((_, t) => string.Join(' ', seeds.Select(s => s.Tuned[t].Test.ToString("F0", null)))));
    Console.WriteLine($"| {set} | {classes} | {string.Join(" | ", rows[^1].Select(v => v.ToString("F1", null)))} | {seconds:F1} | {spread}");
}
Console.WriteLine($"| average | | {string.Join(" | ", Enumerable.Range(0, rows[0].Length).Select(i => rows.Average(row => row[i]).ToString("F1", null)))} | |");
