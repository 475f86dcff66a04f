// Capillary with a bulge: a wall of even radial thickness around a core of liquid or air. Both faces are parabolas, drawn as
// quadratic Bezier curves. Meridian half plane: x = r, y = z, in um.

DefineConstant[
  diameter = {30.0, Name "outer diameter at the equator (um)"}
  wall = {2.0, Name "thickness of the wall (um)"}
  axial_radius = {200.0, Name "radius of curvature of the outline at the equator (um)"}
  half_length = {10.0, Name "half length of the section (um)"}
  inner_radius = {8.0, Name "where the section ends towards the axis (um)"}
  margin = {2.0, Name "surround beyond the equator (um)"}
  rim_size = {0.2, Name "element size at the rim (um)"}
  far_size = {1.2, Name "element size far away (um)"}
  rim_reach = {2.5, Name "fine within this distance of the equator (um)"}
];
If (wall <= 0 || axial_radius <= 0 || half_length <= 0)
  Error("wall, axial_radius, half_length: must be above 0");
EndIf
If (diameter / 2 - wall - half_length^2 / (2 * axial_radius) <= inner_radius)
  Error("wall: the core must stay wider than inner_radius up to half_length");
EndIf
R = diameter / 2;
q = R - wall;
drop = half_length^2 / (2 * axial_radius);

Point(1) = {q - drop, -half_length, 0};
Point(2) = {R - drop, -half_length, 0};
Point(3) = {R + drop, 0, 0};
Point(4) = {R - drop, half_length, 0};
Point(5) = {q - drop, half_length, 0};
Point(6) = {q + drop, 0, 0};
Point(7) = {inner_radius, -half_length, 0};
Point(8) = {inner_radius, half_length, 0};
Point(9) = {R + margin, -half_length, 0};
Point(10) = {R + margin, half_length, 0};
Point(11) = {R, 0, 0};

Line(1) = {1, 2};
Bezier(2) = {2, 3, 4};
Line(3) = {4, 5};
Bezier(4) = {5, 6, 1};
Line(5) = {7, 1};
Line(6) = {5, 8};
Line(7) = {8, 7};
Line(8) = {2, 9};
Line(9) = {9, 10};
Line(10) = {10, 4};

Curve Loop(1) = {1, 2, 3, 4};
Plane Surface(1) = {1};
Curve Loop(2) = {5, -4, 6, 7};
Plane Surface(2) = {2};
Curve Loop(3) = {8, 9, 10, -2};
Plane Surface(3) = {3};

Physical Surface("body") = {1};
Physical Surface("core") = {2};
Physical Surface("surround") = {3};
Physical Curve("rim") = {2};
Physical Curve("wall_inside") = {4};
Physical Curve("inner") = {7};
Physical Curve("outer") = {1, 3, 5, 6, 8, 9, 10};

equator() = {11};
Include "size_field.geo";
