using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Training.Methods.Adapt;

namespace AdaptCluster.Sweeps.Tests.Planning;

public sealed class PlannerTests
{
    [Theory]
    [InlineData(128, 59)]
    [InlineData(64, 47)]
    [InlineData(32, 43)]
    [InlineData(16, 41)]
    public void EuroSat_reaches_its_target_with_the_papers_protocol_only_by_a_shorter_period(int target, int period)
    {
        var plan = Plan($$"""{"datasets": ["eurosat"], "arms": [{"method": "adapt", "tTarget": {{target}}}]}""", ("eurosat", 10));

        var group = Assert.Single(plan.Groups);
        Assert.Equal((period, 4000), (group.Definition.Train!.Adapt.PrunePeriod, group.Iterations));
        var warning = Assert.Single(plan.Warnings);
        Assert.Equal((AdaptDescriptor.ScheduleFitted, "$.arms[0]"), (warning.Code, warning.Path));
        Assert.Contains($"the period is shortened to {period}", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_fitSchedule_a_target_out_of_reach_is_refused_with_values_that_would_work()
    {
        var refusal = Assert.Throws<InvalidInputException>(() =>
            Plan("""{"datasets": ["eurosat"], "train": {"adapt": {"fitSchedule": false}}, "arms": [{"method": "adapt", "tTarget": 128}]}""",
                ("eurosat", 10)));

        Assert.Equal(
            "spec.json: $.arms[0].tTarget: T_target 128 on 'eurosat' needs 64 prune steps that each remove 4 of 384 context tokens, but "
            + "the 3800 iterations after the warm-up allow only 47 with period 80; write "
            + "\"prunePeriod\": 59, \"fitSchedule\": true, or a T_target of at least 196.", refusal.Message);
        Plan("""{"datasets": ["eurosat"], "train": {"adapt": {"fitSchedule": false}}, "arms": [{"method": "adapt", "tTarget": 196}]}""",
            ("eurosat", 10));
        Plan("""{"datasets": ["eurosat"], "train": {"adapt": {"fitSchedule": false, "prunePeriod": 59}}, "arms": [{"method": "adapt", "tTarget": 128}]}""", ("eurosat", 10));
    }

    [Fact]
    public void A_target_above_all_context_tokens_is_refused_with_a_length_that_would_do()
    {
        var refusal = Assert.Throws<InvalidInputException>(
            () => Plan("""{"datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 512}]}""", ("dtd", 47)));

        Assert.Contains(
            "T_target 512 is above the 384 available context tokens (24 prompted blocks × maxContextLength 16); write at most 384, or "
            + "\"adapt\": {\"maxContextLength\": 22}",
            refusal.Message, StringComparison.Ordinal);
        Plan("""{"datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 512, "adapt": {"maxContextLength": 22}}]}""", ("dtd", 47));
    }

    [Fact]
    public void A_job_that_several_rows_need_is_planned_once()
    {
        var plan = Plan("""
            {"datasets": ["dtd", "pets"], "arms": [{"method": "adapt", "tTarget": [128, 32]}, {"method": "adapt", "tTarget": {"adaptive": [32, 64, 128]}}]}
            """, ("dtd", 47), ("pets", 37));

        Assert.Equal(3 * 2 * 3, plan.JobCount);
        Assert.Equal(3, plan.Rows.Length);
        Assert.Equal(plan.Rows[0].Cells[0].Candidates[0].Group, plan.Rows[2].Cells[0].Candidates[2].Group);
        Assert.Equal(plan.JobCount, plan.Positions.Select(position => JobIdentity.Of(plan, position)).Distinct().Count());
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(5, 3)]
    [InlineData(6, 2)]
    [InlineData(8, 2)]
    [InlineData(9, 1)]
    [InlineData(40, 1)]
    public void A_pack_holds_the_jobs_of_one_data_set_and_of_as_many_seeds_as_make_sixteen_that_train(int targets, int seedsPerPack)
    {
        var values = string.Join(", ", Enumerable.Range(1, targets).Select(i => 8 * i));
        var plan =
            Plan($$"""{"datasets": ["dtd", "pets"], "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": [{{values}}]}]}""",
                ("dtd", 47), ("pets", 37));

        var packs = plan.Positions.GroupBy(plan.Pack).ToList();
        var parts = (3 + seedsPerPack - 1) / seedsPerPack;
        Assert.Equal(2 * parts, plan.PackCount);
        Assert.Equal(Enumerable.Range(0, plan.PackCount), packs.Select(pack => pack.Key.Value).Order());
        Assert.All(packs, pack => Assert.Single(pack.Select(position => plan.Definition(position).Dataset.Name).Distinct()));
        Assert.All(packs, pack =>
            Assert.Equal(pack.Key.Value % parts < 3 / seedsPerPack ? seedsPerPack : 3 % seedsPerPack,
                pack.Select(position => plan.Definition(position).Seed).Distinct().Count()));
        Assert.All(packs, pack =>
            Assert.Equal(targets + 1, pack.CountBy(position => plan.Definition(position).Seed)
                .Select(seed => seed.Value).Distinct().Single()));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(24, 2)]
    [InlineData(64, 3)]
    public void Wider_workers_get_packs_of_more_seeds_of_the_same_sweep(int lanes, int seedsPerPack)
    {
        const string spec = """{"datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [8,16,24,32,40,48,56,64,72,80,88,96]}]}""";
        var catalog = new FixedCatalog([("dtd", 47)]);
        var (plan, plain) = (KnownMethods.Plan(catalog, spec, lanes: lanes), KnownMethods.Plan(catalog, spec));

        Assert.Equal((seedsPerPack, 3 - (seedsPerPack - 1)), (plan.SeedsPerPack, plan.PackCount));
        Assert.Equal(JobIdentity.Of(plain), JobIdentity.Of(plan));
        Assert.Equal(plain.Positions.Select(position => JobIdentity.Of(plain, position)),
            plan.Positions.Select(position => JobIdentity.Of(plan, position)));
    }

    [Fact]
    public void Zero_shot_takes_the_CoOp_familys_hand_made_text_and_a_trained_method_the_plain_one_unless_the_spec_gives_one()
    {
        string?[] Templates(string dataset) =>
            [.. Plan($$"""{"datasets": [{{dataset}}], "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": 128}]}""",
                ("dtd", 47)).Groups.Select(group => group.Definition.Dataset.Template)];
        Assert.Equal([null, "a photo of a {}."], Templates("\"dtd\""));
        Assert.Equal(["{} pattern.", "{} pattern."], Templates("{\"name\": \"dtd\", \"template\": \"{} pattern.\"}"));
    }

    [Fact]
    public void A_grid_larger_than_a_sweep_may_be_is_refused_with_the_limit()
    {
        var (seeds, targets) = (string.Join(", ", Enumerable.Range(0, 1000)), string.Join(", ", Enumerable.Range(1, 251)));

        var refusal = Assert.Throws<InvalidInputException>(() => Plan(
            $$"""{"datasets": ["a", "b", "c", "d"], "seeds": [{{seeds}}], "arms": [{"method": "adapt", "tTarget": [{{targets}}]}]}""",
            ("a", 47), ("b", 47), ("c", 47), ("d", 47)));

        Assert.Contains($"more than {Planner.MaxJobs} jobs", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_keeps_its_id_across_sweeps_and_loses_it_when_anything_it_reads_changes()
    {
        const string spec = """{"datasets": ["dtd"], "seeds": [1], "arms": [{"method": "adapt", "tTarget": 128}]}""";
        var (first, second) = (new JobPosition(0), new JobPosition(1));
        var id = JobIdentity.Of(Plan(spec, ("dtd", 47)), first);

        Assert.Equal(id, JobIdentity.Of(Plan(spec.Replace("[1]", "[2, 1]", StringComparison.Ordinal), ("dtd", 47), ("x", 3)), second));
        Assert.NotEqual(id, JobIdentity.Of(Plan(spec.Replace("128", "127", StringComparison.Ordinal), ("dtd", 47)), first));
        Assert.NotEqual(id, JobIdentity.Of(
            KnownMethods.Plan(new FixedCatalog(("dtd", 47)) { BackboneFingerprint = "b1" }, spec), first));
    }

    [Theory]
    [InlineData("""{"backbone": "nothing", "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""",
        "spec.json: $.backbone: backbone 'nothing': no such folder.")]
    [InlineData("""{"datasets": ["dtd", "cats"], "arms": [{"method": "zero-shot"}]}""",
        "spec.json: $.datasets[1]: data set 'cats' is unknown.")]
    public void What_the_catalog_refuses_is_refused_with_source_and_path(string spec, string expected) =>
        Assert.Equal(expected, Assert.Throws<InvalidInputException>(() => Plan(spec, ("dtd", 47))).Message);

    [Fact]
    public void More_iterations_than_the_trainer_can_count_are_refused_with_the_numbers()
    {
        var refusal = Assert.Throws<InvalidInputException>(() =>
            Plan("""{"datasets": ["big"], "shots": 10000, "train": {"epochs": 100000}, "arms": [{"method": "adapt", "tTarget": 384}]}""",
                ("big", 10)));

        Assert.Equal("spec.json: $.arms[0]: 100000 epochs of 25000 iterations on 'big' make 2500000000 iterations, "
            + "which is more than 2147483647; write fewer epochs, fewer shots or a larger batchSize.", refusal.Message);
    }

    [Fact]
    public void A_warm_up_of_more_iterations_than_the_trainer_can_count_is_refused_too()
    {
        var refusal = Assert.Throws<InvalidInputException>(() =>
            Plan("""{"datasets": ["big"], "shots": 10000, "train": {"adapt": {"pruneWarmupEpochs": 100000}}, "arms": [{"method": "adapt", "tTarget": 384}]}""", ("big", 10)));

        Assert.Contains("100000 pruneWarmupEpochs of 25000 iterations", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_no_allowed_context_length_reaches_is_refused_without_advice_that_would_be_refused()
    {
        var refusal = Assert.Throws<InvalidInputException>(
            () => Plan("""{"datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 6145}]}""", ("dtd", 47)));

        Assert.EndsWith("write at most 384.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("\"maxContextLength\": 256", Assert.Throws<InvalidInputException>(() =>
            Plan("""{"datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 6144}]}""", ("dtd", 47))).Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(77, false)]
    [InlineData(78, true)]
    public void A_class_whose_text_is_longer_than_the_backbone_reads_is_refused_with_path_class_and_numbers(int tokens, bool refused)
    {
        var planner = new Planner(
            new FixedCatalog(("dtd", 47), ("pets", 3)) { LongestText = new("a long name", tokens, 77) }, KnownMethods.All);
        var spec = KnownMethods.Parse("""{"datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""");

        var error = Record.Exception(() => planner.Plan(spec));

        Assert.Equal(refused
            ? "spec.json: $.datasets[0]: the text of class 'a long name' takes 78 tokens, including start and end, but backbone "
            + "'clip-vit-base-patch16' accepts at most 77; "
            + "shorten the template or the class's name." : null, error?.Message);
    }

    [Fact]
    public void Notes_of_a_data_set_become_warnings_at_its_path()
    {
        var plan = KnownMethods.Plan(new FixedCatalog(("dtd", 47)) { Notes = ["it was split here"] },
            """{"datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""");

        Assert.Equal(new PlanWarning("dataset-note", "$.datasets[0]", "data set 'dtd': it was split here"), Assert.Single(plan.Warnings));
    }

    [Theory]
    [InlineData(1, "coop", 50)]
    [InlineData(2, "coop", 100)]
    [InlineData(4, "prograd", 100)]
    [InlineData(8, "prograd", 200)]
    [InlineData(16, "coop", 200)]
    [InlineData(16, "kgcoop", 100)]
    public void Methods_of_CoOp_s_protocol_train_longer_with_more_shots_unless_the_spec_says_how_long(int shots, string method, int epochs)
    {
        int[] Epochs(string train) => [.. Plan(
            $$"""{"shots": {{shots}}, "datasets": ["dtd", "imagenet"], "train": {{train}}, "arms": [{"method": "{{method}}"}]}""",
            ("dtd", 47), ("imagenet", 1000))
            .Groups.Select(group => group.Definition.Train!.Epochs)];

        Assert.Equal([epochs, method == "kgcoop" ? epochs : 50], Epochs("{}"));
        Assert.Equal([3, 3], Epochs("""{"epochs": 3}"""));
    }

    [Theory]
    [InlineData("coop")]
    [InlineData("prograd")]
    public void A_set_of_ones_own_called_imagenet_trains_by_its_shots(string method)
    {
        int Epochs(string dataset) => Plan(
            $$"""{"shots": 16, "datasets": [{{dataset}}], "arms": [{"method": "{{method}}"}]}""", ("imagenet", 10))
            .Groups.Single().Definition.Train!.Epochs;

        Assert.Equal(200, Epochs("""{"name": "imagenet", "format": "folder", "path": "mine"}"""));
        Assert.Equal(50, Epochs("\"imagenet\""));
    }

    [Fact]
    public void A_context_that_leaves_a_name_no_place_is_refused_with_the_longest_that_would_do()
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Plan(
            """{"datasets": ["dtd"], "arms": [{"method": "zero-shot"}, {"method": "plot", "plot": {"contextLength": 69}}]}""",
            ("dtd", 47)));

        Assert.Equal(
            "spec.json: $.arms[1].plot: the text of class 'class 1' on 'dtd' takes 9 tokens, including start and end, in addition to the "
            + "context's 69, but backbone 'clip-vit-base-patch16' accepts at most 77; write a contextLength of at most 68.",
            refusal.Message);
    }

    [Fact]
    public void Jobs_of_other_methods_have_neither_T_target_nor_scorer_and_only_the_settings_of_their_method()
    {
        var plan = Plan(
            """{"datasets": ["dtd"], "train": {"adapt": {"pruneRate": 2}, "kgcoop": {"weight": 4}}, "arms": [{"method": "kgcoop"}, {"method": "vpt"}]}""", ("dtd", 47));

        Assert.All(plan.Groups, group =>
            Assert.Equal((null, null, new AdaptSettings()),
                ((object?)group.Definition.TTarget, group.Definition.Scorer, group.Definition.Train!.Adapt)));
        var (kgcoop, vpt) = (plan.Groups[0].Definition.Train!, plan.Groups[1].Definition.Train!);
        Assert.Equal((new KgCoOpSettings { Weight = 4 }, null), (kgcoop.KgCoOp, kgcoop.Vpt));
        Assert.Equal((new VptSettings(), null), (vpt.Vpt, vpt.KgCoOp));
        Assert.Equal(["KgCoOp", "VPT"], plan.Rows.Select(row => row.Label));
        // 752 images: batches of 128 and of 4.
        Assert.Equal([100 * 5, 5 * 188], plan.Groups.Select(group => group.Iterations));
    }

    private static SweepPlan Plan(string json, params (string, int)[] datasets) =>
        KnownMethods.Plan(new FixedCatalog(datasets), json);
}
