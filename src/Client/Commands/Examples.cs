using System.CommandLine;

namespace AdaptCluster.Client.Commands;

/// <summary>Example command lines, shown at the end of each command's help.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> Of = new()
    {
        ["sweep"] = ["sweep submit examples/tiny.json", "sweep results latest --format latex",
            "sweep plot latest --kind table --out table.svg"],
        ["sweep submit"] = ["sweep submit examples/tiny.json", "sweep submit table1.json --name quick --set train.epochs=2",
            "sweep submit table1.yaml --cluster db-host:30000 -w"],
        ["sweep plan"] = ["sweep plan examples/table1.json", "sweep plan mine.json --set shots=4 --json"],
        ["sweep evaluate"] = ["sweep evaluate latest --all --on tiny-tinted", "sweep evaluate table1 --job 53a0 --on dtd --on eurosat",
            "sweep evaluate halves --all --on new --json"],
        ["sweep list"] = ["sweep list", "sweep list --state running --state failed", "sweep list --sort name -n 10 -o json",
            "sweep list --tag paper", "sweep list -q --cluster host:30000"],
        ["sweep status"] = ["sweep status latest", "sweep status tiny --json"],
        ["sweep watch"] = ["sweep watch latest", "sweep watch latest --web"],
        ["sweep results"] = ["sweep results latest -o md", "sweep results latest --split both",
            "sweep results latest --compare examples/paper.reported.json",
            "sweep results tiny --runs --format csv > runs.csv"],
        ["sweep plot"] = ["sweep plot latest --kind t-target --out t-target.pdf",
            "sweep plot latest --kind axis --axis shots --out shots.pdf",
            "sweep plot latest --kind curves --dataset eurosat --axis iteration --out curves.svg",
            "sweep plot latest --kind confusion --job 53a0 --values shares --out confusion.pdf",
            "sweep plot latest --kind base-new --out base-new.pdf",
            "sweep plot latest --kind masks --job 53a0 --step 1 --step 9 --out masks.png",
            "sweep plot latest --kind table --size 1600x600 --out table.png --force"],
        ["sweep curves"] = ["sweep curves latest --job 53a0", "sweep curves latest --job 53a0 --json"],
        ["sweep masks"] = ["sweep masks latest --job 53a0", "sweep masks latest --job 53a0 --step 3"],
        ["sweep predictions"] = ["sweep predictions latest --job 53a0", "sweep predictions latest --job 53a0 --format csv > images.csv",
            "sweep predictions latest --job 53a0 --split validation --json", "sweep predictions latest --job 53a0 --on tiny-objects"],
        ["sweep export"] = ["sweep export latest --job 53a0 --out prompts --onnx", "sweep export latest --best --out best",
            "sweep export latest --cell \"CoOp,eurosat\" --out coop-eurosat --licence MIT"],
        ["sweep export-runs"] = ["sweep export-runs latest --to tensorboard --out board",
            "sweep export-runs latest --to mlflow --out mlruns", "sweep export-runs latest --job 53a0 --to csv --out job"],
        ["sweep predict"] = ["sweep predict prompts photo.jpg", "sweep predict prompts photos/ --format csv > classes.csv",
            "sweep predict latest --job 53a0 photo.jpg --json"],
        ["sweep cancel"] = ["sweep cancel latest"],
        ["sweep pause"] = ["sweep pause latest", "sweep pause latest --now"],
        ["sweep resume"] = ["sweep resume latest"],
        ["sweep retry"] = ["sweep retry latest", "sweep retry latest --missing"],
        ["sweep set"] = ["sweep set latest --priority 10", "sweep set latest --parallel 2 --pool large"],
        ["sweep note"] = ["sweep note latest \"table 1 of the second draft\"", "sweep note tiny ''"],
        ["sweep tag"] = ["sweep tag latest +paper -draft", "sweep list --tag paper"],
        ["sweep rename"] = ["sweep rename tiny-1f2e \"tiny, ten epochs\""],
        ["sweep delete"] = ["sweep delete tiny --dry-run", "sweep delete tiny-1f2e3d4c --yes"],
        ["sweep prune"] = ["sweep prune --older 30d --dry-run", "sweep prune --older 30d --keep-results --yes"],
        ["sweep backup"] = ["sweep backup store-2026-11-29.db", "sweep backup /mnt/backup/store.db --force --json"],
        ["sweep replan"] = ["sweep replan tiny --cluster host:30000"],
        ["sweep explain"] = ["sweep explain latest --job 53a0"],
        ["sweep logs"] = ["sweep logs latest -f", "sweep logs latest --job 53a0 --json"],
        ["sweep audit"] = ["sweep audit", "sweep audit latest --json", "sweep audit --all --cluster host:30000"],
        ["sweep methods"] = ["sweep methods", "sweep methods --schema > sweep.schema.json"],
        ["sweep datasets"] = ["sweep datasets check", "sweep datasets fetch dtd"],
        ["sweep datasets check"] =
        [
            "sweep datasets check --root /data", "sweep datasets check dtd eurosat --json", "sweep datasets check sweep.json",
                "sweep datasets check photos",
        ],
        ["sweep datasets fetch"] =
        [
            "sweep datasets fetch dtd eurosat --to /data", "sweep datasets fetch all --dry-run",
                "sweep datasets fetch dtd --from https://mirror.example/archives",
        ],
        ["sweep datasets splits"] =
            ["sweep datasets splits dtd --shots 1 2 4 8 16 --seed 1 2 3 --out lists", "sweep datasets splits photos --out lists --json"],
        ["sweep doctor"] = ["sweep doctor", "sweep doctor --cluster host:30000 --json"],
        ["sweep serve"] = ["sweep serve", "ADAPTCLUSTER_ROLE=gpu sweep serve"],
        ["sweep db"] = ["sweep db migrate"],
        ["sweep db migrate"] = ["sweep db migrate --cluster \"Host=db;Database=adaptcluster;Username=adapt\""],
        ["sweep pretrain"] = ["sweep pretrain --out my-clip --steps 500"],
        ["sweep completion"] = ["source <(sweep completion bash)", "sweep completion fish > ~/.config/fish/completions/sweep.fish"],
    };

    /// <summary>Returns the examples of a command; empty if there are none.</summary>
    internal static IReadOnlyList<string> For(Command command) => Of.GetValueOrDefault(Path(command), []);

    /// <summary>Returns the full name of a command, such as "sweep db migrate".</summary>
    internal static string Path(Command command) =>
        command is RootCommand ? "sweep" : command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{Path(parent)} {command.Name}" : command.Name;
}
