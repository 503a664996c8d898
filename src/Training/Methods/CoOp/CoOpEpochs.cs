using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Methods.CoOp;

/// <summary>The number of epochs as in CoOp's public code, which ProGrad's code also uses (COOP.md of KaiyangZhou/CoOp).</summary>
internal static class CoOpEpochs
{
    /// <summary>
    /// Returns the number of epochs: 50 for one shot, 100 for two to seven shots, and 200 for eight or more. For ImageNet, it is always 50.
    /// </summary>
    /// <param name="shots">The number of training images per class.</param>
    /// <param name="dataset">The data set.</param>
    internal static int ByShots(int shots, DatasetSource dataset)
    {
        if (CoOpFormat.NameOf(dataset) is "imagenet") return 50;
        return shots switch { 1 => 50, < 8 => 100, _ => 200 };
    }
}
