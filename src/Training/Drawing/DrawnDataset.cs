using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Numerics;

namespace AdaptCluster.Training.Drawing;

/// <summary>
/// A data set whose images are drawn on demand. Image i of a split is a pure function of (data set, split, i), so nothing is stored on disk
/// and images can be drawn in any order.
/// </summary>
internal sealed class DrawnDataset : IDataset
{
    /// <summary>The number of images per class from which training and validation shots are sampled.</summary>
    private const int PoolPerClass = 100;

    /// <summary>The minimum number of test images. All classes have the same number of test images.</summary>
    private const int MinimumTestImages = 1000;

    private readonly DrawnRecipe _recipe;
    private readonly DrawnSplit _pool, _test;

    public DrawnDataset(DrawnRecipe recipe, int number)
    {
        _recipe = recipe;
        var classes = recipe.Classes.Length;
        _pool = new DrawnSplit(recipe, 2 * number, classes * PoolPerClass);
        _test = new DrawnSplit(recipe, 2 * number + 1, (MinimumTestImages + classes - 1) / classes * classes);
        Fingerprint = TextHash.Of($"{recipe.Name} {DrawnRecipes.Version}");
    }

    public IReadOnlyList<string> ClassNames => _recipe.Classes;

    public string Fingerprint { get; }

    public (int Train, int Validation, int Test) Counts(int shots)
    {
        Check(shots);
        return (shots * ClassNames.Count, FewShotSampler.ValidationShots(shots) * ClassNames.Count, _test.Labels.Count);
    }

    public IReadOnlyList<string> Texts(string? template) =>
        FewShotData.Texts(FewShotData.CheckedTemplate(template, _recipe.Template), ClassNames);

    public IEnumerable<string> Notes(int shots)
    {
        var (train, validation, test) = Counts(shots);
        var counts = new DatasetCounts(ClassNames.Count, train, validation, test);
        yield return $"it is generated on demand; {shots} shots give {counts}";
    }

    public FewShotData Load(int shots, int seed, string? template)
    {
        Check(shots);
        var (train, validation) = FewShotSampler.DrawFromTrain(_pool.Labels, shots, new PythonRandom(seed));
        return new FewShotData
        {
            ClassNames = ClassNames,
            Template = FewShotData.CheckedTemplate(template, _recipe.Template),
            Train = new ImageSubset(_pool, train),
            Validation = new ImageSubset(_pool, validation),
            Test = _test,
        };
    }

    private void Check(int shots)
    {
        var most = PoolPerClass - FewShotSampler.MaxValidationShots;
        if (shots >= 1 && shots <= most) return;
        throw new InvalidInputException(
            $"Data set {_recipe.Name} supports 1 to {most} shots, but the spec has {shots}; use a number in that range.");
    }
}
