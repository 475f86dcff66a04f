// Shared by the sections of this folder: fine within rim_reach of the points of the list equator(), coarse beyond,
// second-order elements whose edges follow the curves.

Field[1] = Distance;
Field[1].PointsList = {equator()};
Field[2] = Threshold;
Field[2].InField = 1;
Field[2].SizeMin = rim_size;
Field[2].SizeMax = far_size;
Field[2].DistMin = rim_reach;
Field[2].DistMax = 4 * rim_reach;
Background Field = 2;

Mesh.MeshSizeExtendFromBoundary = 0;
Mesh.MeshSizeFromPoints = 0;
Mesh.MeshSizeFromCurvature = 0;
Mesh.Algorithm = 6;
Mesh.ElementOrder = 2;
Mesh.MshFileVersion = 4.1;
